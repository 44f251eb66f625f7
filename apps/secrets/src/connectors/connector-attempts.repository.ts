import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Somebody who was sent to a platform and has yet to come back. */
export interface ConnectorAttempt {
  id: string;
  user_id: string;
  /** The PKCE verifier, sealed. */
  envelope: Buffer;
  browser_hash: Buffer | null;
  return_to: string;
}

/** Table `connector_attempts`, shared by all replicas; states are kept as hashes. */
@Injectable()
export class ConnectorAttemptsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Keeps an attempt, and clears away what nobody came back for. */
  async add(stateHash: Buffer, attempt: ConnectorAttempt, seconds: number): Promise<void> {
    const { id, user_id, envelope, browser_hash, return_to } = attempt;
    await this.tx.query(
      `WITH old AS (DELETE FROM connector_attempts WHERE expires_at <= now())
       INSERT INTO connector_attempts (state_hash, id, user_id, envelope, browser_hash, return_to, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
      [stateHash, id, user_id, envelope, browser_hash, return_to, seconds],
    );
  }

  /** Takes the attempt away; of any number of tries at once one gets it. */
  async take(stateHash: Buffer): Promise<ConnectorAttempt | undefined> {
    const [row] = await this.tx.query<ConnectorAttempt>(
      `DELETE FROM connector_attempts WHERE state_hash = $1 AND expires_at > now()
       RETURNING id, user_id, envelope, browser_hash, return_to`,
      [stateHash],
    );
    return row;
  }
}
