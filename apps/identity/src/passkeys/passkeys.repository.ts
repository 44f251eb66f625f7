import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface StoredPasskey {
  id: string;
  user_id: string;
  /** base64url. */
  credential_id: string;
  /** COSE. */
  public_key: Buffer;
  sign_count: string;
  transports: string[];
  name: string;
  single_device: boolean;
  backed_up: boolean;
  suspicious_at: Date | null;
  created_at: Date;
  last_used_at: Date | null;
}

export type NewPasskey = Omit<StoredPasskey, 'id' | 'suspicious_at' | 'created_at' | 'last_used_at'>;

const HANDLE_BYTES = 32;

/** Passkeys: tables `passkeys` and `passkey_handles`. */
@Injectable()
export class PasskeysRepository {
  constructor(private readonly tx: Transactions) {}

  /** The random name under which authenticators know an account; nothing of the person is in it (R-WA4). */
  async handleOf(userId: string): Promise<Buffer> {
    const [row] = await this.tx.query<{ handle: Buffer }>(
      `INSERT INTO passkey_handles AS h (user_id, handle) VALUES ($1, $2)
       ON CONFLICT (user_id) DO UPDATE SET handle = h.handle RETURNING handle`,
      [userId, randomBytes(HANDLE_BYTES)],
    );
    return row!.handle;
  }

  /** @returns nothing when some account has this credential already */
  async add(passkey: NewPasskey): Promise<StoredPasskey | undefined> {
    const [row] = await this.tx.query<StoredPasskey>(
      `INSERT INTO passkeys (user_id, credential_id, public_key, sign_count, transports, name, single_device, backed_up)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING *`,
      [
        ...[passkey.user_id, passkey.credential_id, passkey.public_key, passkey.sign_count, passkey.transports],
        ...[passkey.name, passkey.single_device, passkey.backed_up],
      ],
    );
    return row;
  }

  async of(userId: string): Promise<StoredPasskey[]> {
    return this.tx.query<StoredPasskey>('SELECT * FROM passkeys WHERE user_id = $1 ORDER BY created_at, id LIMIT 100', [
      userId,
    ]);
  }

  async find(credentialId: string): Promise<StoredPasskey | undefined> {
    const [row] = await this.tx.query<StoredPasskey>('SELECT * FROM passkeys WHERE credential_id = $1', [credentialId]);
    return row;
  }

  /** Notes a use. The counter only goes up. @returns false when another use was ahead of it meanwhile */
  async markUsed(id: string, signCount: number, backedUp: boolean): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE passkeys SET sign_count = $2, backed_up = $3, last_used_at = now()
       WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING id`,
      [id, signCount, backedUp],
    );
    return rows.length > 0;
  }

  async flag(id: string): Promise<void> {
    await this.tx.query('UPDATE passkeys SET suspicious_at = COALESCE(suspicious_at, now()) WHERE id = $1', [id]);
  }

  /** Makes changes of one account's ways in take turns. */
  async lockOwner(userId: string): Promise<void> {
    await this.tx.query('SELECT 1 FROM website_users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
  }

  async remove(id: string, userId: string): Promise<boolean> {
    const rows = await this.tx.query('DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING id', [id, userId]);
    return rows.length > 0;
  }

  /** Whether an account can still be entered (R-WA5). */
  async hasWayIn(userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `SELECT 1 FROM website_users u WHERE u.id = $1 AND (u.password_hash IS NOT NULL
         OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
         OR EXISTS (SELECT 1 FROM admin_credentials a WHERE a.user_id = u.id)
         OR EXISTS (SELECT 1 FROM oauth_accounts i WHERE i.user_id = u.id AND (i.proven OR u.email_verified_at IS NULL)))`,
      [userId],
    );
    return rows.length > 0;
  }
}
