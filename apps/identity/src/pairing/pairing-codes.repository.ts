import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Pairing codes that wait for a device, one an account: table `pairing_codes`. */
@Injectable()
export class PairingCodesRepository {
  constructor(private readonly tx: Transactions) {}

  /** Takes the place of the account's code before. @returns false when another account has this very code */
  async put(userId: string, codeHash: Buffer, lifetimeSeconds: number): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO pairing_codes (user_id, code_hash, created_at, expires_at)
       SELECT $1, $2, now(), now() + make_interval(secs => $3)
       WHERE NOT EXISTS (SELECT 1 FROM pairing_codes WHERE code_hash = $2 AND user_id <> $1)
       ON CONFLICT (user_id) DO UPDATE
         SET code_hash = excluded.code_hash, created_at = excluded.created_at, expires_at = excluded.expires_at
       RETURNING user_id`,
      [userId, codeHash, lifetimeSeconds],
    );
    return rows.length > 0;
  }

  /** Whose code it is, while it lives. */
  async ownerOf(codeHash: Buffer): Promise<string | undefined> {
    const [row] = await this.tx.query<{ user_id: string }>(
      'SELECT user_id FROM pairing_codes WHERE code_hash = $1 AND expires_at > now()',
      [codeHash],
    );
    return row?.user_id;
  }

  /** Uses a code up. @returns false when somebody was first, or it is over */
  async consume(codeHash: Buffer, userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      'DELETE FROM pairing_codes WHERE code_hash = $1 AND user_id = $2 AND expires_at > now() RETURNING user_id',
      [codeHash, userId],
    );
    return rows.length > 0;
  }
}
