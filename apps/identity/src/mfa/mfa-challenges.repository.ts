import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Grant } from '../clients/clients-file.rules.js';

/** Minutes in which the second factor has to be shown (R-MF6). */
const LIFE_MINUTES = 5;

/** A sign-in that waits for its second factor: what has been proven so far, and for whom. */
export interface PendingSignIn {
  user_id: string;
  client_id: string;
  grant_name: Grant;
  amr: string[];
  device_id: string | null;
  scopes: string[] | null;
  /** Of the account when its password was shown: another password since then voids the sign-in. */
  credential_version: number | null;
}

/** Interim tokens by hash: table `mfa_challenges`. */
@Injectable()
export class MfaChallengesRepository {
  constructor(private readonly tx: Transactions) {}

  async open(tokenHash: Buffer, pending: PendingSignIn): Promise<void> {
    await this.tx.query(
      `INSERT INTO mfa_challenges (token_hash, user_id, client_id, grant_name, amr, device_id, scopes, credential_version, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '${LIFE_MINUTES} minutes')`,
      [
        tokenHash,
        pending.user_id,
        pending.client_id,
        pending.grant_name,
        pending.amr,
        pending.device_id,
        pending.scopes,
        pending.credential_version,
      ],
    );
  }

  async find(tokenHash: Buffer): Promise<PendingSignIn | undefined> {
    const [row] = await this.tx.query<PendingSignIn>(
      `SELECT user_id, client_id, grant_name, amr, device_id, scopes, credential_version FROM mfa_challenges
       WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > now()`,
      [tokenHash],
    );
    return row;
  }

  /** Uses the token up. Of any number that try at once the database lets one through. */
  async consume(tokenHash: Buffer): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE mfa_challenges SET consumed_at = now()
       WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING user_id`,
      [tokenHash],
    );
    return rows.length > 0;
  }
}
