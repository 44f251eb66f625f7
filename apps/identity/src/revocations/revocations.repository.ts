import { Injectable } from '@nestjs/common';
import type { Revocation } from '#contracts';
import { Transactions } from '#persistence';

/** Session and token ids whose access tokens are refused: table `session_revocations`. */
@Injectable()
export class RevocationsRepository {
  constructor(private readonly tx: Transactions) {}

  async add(ids: string[], expiresAt: Date): Promise<void> {
    await this.tx.query(
      `INSERT INTO session_revocations (session_id, expires_at) SELECT unnest($1::text[]), $2
       ON CONFLICT (session_id) DO NOTHING`,
      [ids, expiresAt],
    );
  }

  /** Every revocation that still matters. */
  async list(): Promise<Revocation[]> {
    const rows = await this.tx.query<{ session_id: string; expires_at: Date }>(
      'SELECT session_id, expires_at FROM session_revocations WHERE expires_at > now()',
    );
    return rows.map((row) => ({ id: row.session_id, expires_at: row.expires_at.toISOString() }));
  }
}
