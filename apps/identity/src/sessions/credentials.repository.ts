import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A password that may open an account, and what the sign-in has to know about the account. */
export interface Credentials {
  id: string;
  roles: string[];
  entitlement_version: number;
  is_active: boolean;
  deleted_at: Date | null;
  password_hash: string | null;
  /** Where the hash is kept: an admin's stands apart from the account. */
  kept_in: 'admin_credentials' | 'website_users';
}

/** Finds and replaces password hashes. */
@Injectable()
export class CredentialsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * The credentials that a sign-in name stands for: an admin's by username first, then a player's by address or
   * username. An account that has an admin's credentials is entered with those and nothing else, and not at all
   * in the realm `player`.
   * @param typed the name as it was typed, which an address is compared with
   * @param name the same normalized, as usernames are
   */
  async find(typed: string, name: string, realm: 'any' | 'player'): Promise<Credentials | undefined> {
    const [row] = await this.tx.query<Credentials>(
      `SELECT u.id, u.roles, u.entitlement_version, u.is_active, u.deleted_at,
         CASE WHEN a.user_id IS NULL THEN u.password_hash
           WHEN lower(a.username) = lower($1 COLLATE pg_unicode_fast) AND $2 = 'any' THEN a.password_hash
         END AS password_hash,
         CASE WHEN a.user_id IS NULL THEN 'website_users' ELSE 'admin_credentials' END AS kept_in
       FROM website_users u LEFT JOIN admin_credentials a ON a.user_id = u.id
       WHERE lower(u.email) = lower($3 COLLATE pg_unicode_fast)
         OR lower(u.username) = lower($1 COLLATE pg_unicode_fast)
       ORDER BY a.user_id NULLS LAST LIMIT 1`,
      [name, realm, typed.trim()],
    );
    return row;
  }

  /** Replaces a hash unless it was changed meanwhile. */
  async replaceHash({ id, kept_in, password_hash }: Credentials, newHash: string): Promise<void> {
    const key = kept_in === 'admin_credentials' ? 'user_id' : 'id';
    await this.tx.query(
      `UPDATE ${kept_in} SET password_hash = $2, updated_at = now() WHERE ${key} = $1 AND password_hash = $3`,
      [id, newHash, password_hash],
    );
  }
}
