import { Injectable } from '@nestjs/common';
import type { Revocation } from '#contracts';
import { Transactions } from '#persistence';

/** Session and token ids whose access tokens are refused: table `session_revocations`. */
@Injectable()
export class RevocationsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Remembers sessions until `expiresAt`, and the token of a device for as long as it would have lived.
   * @returns when the last of them is over
   */
  async add(ids: string[], expiresAt: Date): Promise<Date> {
    const rows = await this.tx.query<{ expires_at: Date }>(
      `INSERT INTO session_revocations (session_id, expires_at)
       SELECT revoked.id, GREATEST($2, d.expires_at + interval '2 minutes')
       FROM unnest($1::text[]) AS revoked (id) LEFT JOIN devices d ON d.token_id = revoked.id
       ON CONFLICT (session_id) DO NOTHING RETURNING expires_at`,
      [ids, expiresAt],
    );
    return new Date(Math.max(expiresAt.getTime(), ...rows.map((row) => row.expires_at.getTime())));
  }

  /** Every revocation that still matters. */
  async list(): Promise<Revocation[]> {
    const rows = await this.tx.query<{ session_id: string; expires_at: Date }>(
      'SELECT session_id, expires_at FROM session_revocations WHERE expires_at > now()',
    );
    return rows.map((row) => ({ id: row.session_id, expires_at: row.expires_at.toISOString() }));
  }
}
