import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Recovery codes by hash: table `recovery_codes`. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly tx: Transactions) {}

  /** Puts new codes in place of all that were. Two such calls take turns at the account's row. */
  async replace(userId: string, hashes: Buffer[]): Promise<void> {
    await this.tx.query('SELECT 1 FROM website_users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
    await this.tx.query('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
    await this.tx.query(
      'INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, hash FROM unnest($2::bytea[]) AS hash',
      [userId, hashes],
    );
  }

  async isOpen(userId: string, hash: Buffer): Promise<boolean> {
    const rows = await this.tx.query(
      'SELECT 1 FROM recovery_codes WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL',
      [userId, hash],
    );
    return rows.length > 0;
  }

  /** Uses a code up, once. */
  async consume(userId: string, hash: Buffer): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE recovery_codes SET used_at = now()
       WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING user_id`,
      [userId, hash],
    );
    return rows.length > 0;
  }

  async left(userId: string): Promise<number> {
    const [row] = await this.tx.query<{ left: number }>(
      'SELECT count(*)::integer AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
      [userId],
    );
    return row!.left;
  }
}
