import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Somebody who has, or may get, a password. */
export interface PasswordHolder {
  id: string;
  email: string | null;
  username: string;
  is_active: boolean;
  password_hash: string | null;
  /** Where the hash is kept: an admin's stands apart from the account. */
  kept_in: 'admin_credentials' | 'website_users';
  /** What an attacker would try first for this person. */
  words: string[];
}

/** Password hashes by account, wherever they are kept. */
@Injectable()
export class PasswordHoldersRepository {
  constructor(private readonly tx: Transactions) {}

  async find(userId: string): Promise<PasswordHolder | undefined> {
    const [row] = await this.tx.query<Omit<PasswordHolder, 'words'>>(
      `SELECT u.id, u.email, u.username, u.is_active,
         CASE WHEN a.user_id IS NULL THEN u.password_hash ELSE a.password_hash END AS password_hash,
         CASE WHEN a.user_id IS NULL THEN 'website_users' ELSE 'admin_credentials' END AS kept_in
       FROM website_users u LEFT JOIN admin_credentials a ON a.user_id = u.id
       WHERE u.id = $1 AND u.deleted_at IS NULL`,
      [userId],
    );
    return row && { ...row, words: [row.username, ...(row.email ? [row.email, row.email.split('@')[0]!] : [])] };
  }

  /** Replaces the hash whatever it is by now. */
  async set(holder: PasswordHolder, newHash: string): Promise<void> {
    await this.update(holder, newHash, '');
  }

  /** Replaces the hash unless somebody else did meanwhile. @returns whether it was replaced */
  async replace(holder: PasswordHolder, newHash: string): Promise<boolean> {
    return this.update(holder, newHash, 'AND password_hash = $3', [holder.password_hash]);
  }

  private async update({ id, kept_in }: PasswordHolder, hash: string, also: string, more: unknown[] = []) {
    const key = kept_in === 'admin_credentials' ? 'user_id' : 'id';
    const sql = `UPDATE ${kept_in} SET password_hash = $2, updated_at = now() WHERE ${key} = $1 ${also} RETURNING 1`;
    if ((await this.tx.query(sql, [id, hash, ...more])).length === 0) return false;
    await this.tx.query('UPDATE website_users SET credential_version = credential_version + 1 WHERE id = $1', [id]);
    return true;
  }
}
