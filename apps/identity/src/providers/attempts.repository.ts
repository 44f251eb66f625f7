import { Injectable } from '@nestjs/common';
import type { ProviderName } from '#contracts';
import { Transactions } from '#persistence';

/** A sign-in, or a link, that is in flight at a provider. */
export interface ProviderAttempt {
  state_hash: Buffer;
  browser_hash: Buffer;
  provider: ProviderName;
  client_id: string;
  return_to: string;
  register: boolean;
  /** Whose account gets the identity, and by which session that was asked; of a link only. */
  user_id: string | null;
  session_id: string | null;
  expires_at: Date;
}

/** What has to fit for a callback to go on. */
export interface CallbackKeys {
  state_hash: Buffer;
  browser_hash: Buffer;
  provider: ProviderName;
}

/** Attempts: table `provider_attempts`, shared by all replicas. */
@Injectable()
export class AttemptsRepository {
  constructor(private readonly tx: Transactions) {}

  async add(a: ProviderAttempt): Promise<void> {
    await this.tx.query(
      `INSERT INTO provider_attempts
         (state_hash, browser_hash, provider, client_id, return_to, register, user_id, session_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[a.state_hash, a.browser_hash, a.provider, a.client_id, a.return_to, a.register],
        ...[a.user_id, a.session_id, a.expires_at],
      ],
    );
  }

  /** Uses an attempt up: of any number of callbacks, one gets it. A callback that does not fit uses nothing up. */
  async consume({ state_hash, browser_hash, provider }: CallbackKeys): Promise<ProviderAttempt | undefined> {
    const [row] = await this.tx.query<ProviderAttempt>(
      `UPDATE provider_attempts SET consumed_at = now()
       WHERE state_hash = $1 AND browser_hash = $2 AND provider = $3 AND consumed_at IS NULL AND expires_at > now()
       RETURNING *`,
      [state_hash, browser_hash, provider],
    );
    return row;
  }

  /** Where the browser of an attempt is to go, whatever else is wrong with it. */
  async returnOf(stateHash: Buffer): Promise<string | undefined> {
    const [row] = await this.tx.query<{ return_to: string }>(
      'SELECT return_to FROM provider_attempts WHERE state_hash = $1',
      [stateHash],
    );
    return row?.return_to;
  }
}
