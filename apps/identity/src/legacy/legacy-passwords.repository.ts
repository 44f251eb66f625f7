import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** An old account whose password has not moved yet. */
export interface WaitingAccount {
  id: string;
  email: string | null;
  password_hash: string;
  website_user_id: string | null;
}

/** Passwords that came with accounts of the old system: table `users`. */
@Injectable()
export class LegacyPasswordsRepository {
  constructor(private readonly tx: Transactions) {}

  /** @param typed as it was typed: what an address is compared with @param name the same normalized */
  async find(typed: string, name: string): Promise<WaitingAccount | undefined> {
    const [row] = await this.tx.query<WaitingAccount>(
      `SELECT id, email, password_hash, website_user_id FROM users
       WHERE (lower(email) = lower($1 COLLATE pg_unicode_fast) OR lower(username) = lower($2 COLLATE pg_unicode_fast))
         AND password_hash IS NOT NULL ORDER BY id LIMIT 1`,
      [typed.trim(), name],
    );
    return row;
  }

  /** Any hash that waits: what the comparison of a name that nobody has is made with. */
  async anyHash(): Promise<string | undefined> {
    const [row] = await this.tx.query<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE password_hash IS NOT NULL ORDER BY id LIMIT 1',
    );
    return row?.password_hash;
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
