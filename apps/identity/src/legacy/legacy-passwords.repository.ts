import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** An old account whose password has not moved yet. */
export interface WaitingAccount {
  id: string;
  email: string | null;
  password_hash: string;
  website_user_id: string | null;
}

/** What a failing sign-in is compared with. */
export interface OldLookup {
  /** Of the account; of any other when the name is nobody's. */
  hash: string;
  account?: WaitingAccount;
}

/** Passwords that came with accounts of the old system: table `users`. */
@Injectable()
export class LegacyPasswordsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * One statement, whether or not the name is one of the old system.
   * @param typed as it was typed: what an address is compared with @param name the same normalized
   * @returns nothing as soon as no password waits any more
   */
  async find(typed: string, name: string): Promise<OldLookup | undefined> {
    const [row] = await this.tx.query<WaitingAccount & { any_hash: string }>(
      `SELECT other.password_hash AS any_hash, found.id, found.email, found.password_hash, found.website_user_id
       FROM (SELECT password_hash FROM users WHERE password_hash IS NOT NULL ORDER BY id LIMIT 1) other
       LEFT JOIN (
         SELECT id, email, password_hash, website_user_id FROM users
         WHERE (lower(email) = lower($1 COLLATE pg_unicode_fast) OR lower(username) = lower($2 COLLATE pg_unicode_fast))
           AND password_hash IS NOT NULL ORDER BY id LIMIT 1
       ) found ON true`,
      [typed.trim(), name],
    );
    return row && { hash: row.password_hash ?? row.any_hash, account: row.id ? row : undefined };
  }

  /**
   * Whether an account may still get its password from the old system: it has none of its own, and it was made for
   * this old account. One that was there before has an owner who never said that the old account is theirs.
   */
  async mayMove(legacyId: string, userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `SELECT 1 FROM website_users u WHERE id = $1 AND password_hash IS NULL AND is_active AND deleted_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM admin_credentials a WHERE a.user_id = u.id)
         AND EXISTS (SELECT 1 FROM users l WHERE l.id = $2 AND l.website_user_id = u.id AND l.bridged_at = u.created_at)
       FOR NO KEY UPDATE OF u`,
      [userId, legacyId],
    );
    return rows.length > 0;
  }

  /** Gives the account the new hash and forgets the old one. @returns false when somebody was faster */
  async move(legacyId: string, userId: string, newHash: string): Promise<boolean> {
    const taken = await this.tx.query(
      `UPDATE users SET password_hash = NULL, rehashed_at = now() WHERE id = $1 AND password_hash IS NOT NULL RETURNING id`,
      [legacyId],
    );
    if (taken.length === 0) return false;
    await this.tx.query('UPDATE website_users SET password_hash = $2, updated_at = now() WHERE id = $1', [
      userId,
      newHash,
    ]);
    return true;
  }
}
