import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** What waits to become a session, and what others were allowed: rows that end with the sessions of their person. */
const WAYS_BACK_IN = [
  'authorization_codes',
  'authorization_grants',
  'device_requests',
  'mfa_challenges',
  'pairing_codes',
  'provider_attempts',
  'wallet_challenges',
] as const;

/** Ends what leads back into an account. */
@Injectable()
export class AccountEndingsRepository {
  constructor(private readonly tx: Transactions) {}

  async dropWaysBackIn(userId: string): Promise<void> {
    for (const table of WAYS_BACK_IN) await this.tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
  }

  /** Makes every mailed link worthless. */
  async voidLinks(userId: string): Promise<void> {
    await this.tx.query(
      `UPDATE one_time_tokens SET voided_at = now()
       WHERE user_id = $1 AND consumed_at IS NULL AND voided_at IS NULL`,
      [userId],
    );
  }
}
