import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { viewColumns, WebsiteUser, type UserColumns } from './website-user.entity.js';

/** What an account begins with. */
export interface NewUser {
  id: string;
  email: string | null;
  username: string;
  password_hash: string | null;
  roles?: string[];
}

/** Which of its unique columns an account would share with another one. */
export interface Taken {
  email: boolean;
  username: boolean;
}

/** A person counts as seen now when seen within this time; presence asks for two minutes (RT29). */
const STALE = `(u.last_seen_at IS NULL OR u.last_seen_at < now() - interval '45 seconds')`;
const UNSEEN = `(u.left_at IS NOT NULL OR ${STALE})`;
const SEEN = `left_at = NULL, last_seen_at = CASE WHEN ${STALE} THEN now() ELSE u.last_seen_at END`;

/** Accounts: table `website_users`. */
@Injectable()
export class UsersRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns false when address or username are taken; nothing is written then */
  async insert(user: NewUser): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO website_users (id, email, username, password_hash, roles) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING id`,
      [user.id, user.email, user.username, user.password_hash, user.roles ?? []],
    );
    return rows.length > 0;
  }

  async taken(email: string, username: string): Promise<Taken> {
    const [row] = await this.tx.query<Taken>(
      `SELECT
         EXISTS (SELECT 1 FROM website_users WHERE lower(email) = lower($1 COLLATE pg_unicode_fast)) AS email,
         EXISTS (SELECT 1 FROM website_users WHERE lower(username) = lower($2 COLLATE pg_unicode_fast)) AS username`,
      [email, username],
    );
    return row!;
  }

  /** An account that is not deleted. */
  async find(id: string): Promise<WebsiteUser | null> {
    return this.tx.manager
      .createQueryBuilder(WebsiteUser, 'u')
      .where('u.id = :id AND u.deleted_at IS NULL', { id })
      .getOne();
  }

  /** Whether two-step sign-in is on. */
  async asksForSecondFactor(id: string): Promise<boolean> {
    const rows = await this.tx.query('SELECT 1 FROM website_users WHERE id = $1 AND mfa_since IS NOT NULL', [id]);
    return rows.length > 0;
  }

  /** Whether it is an admin's account, which is entered with the admin's credentials and nothing else. */
  async hasAdminCredentials(id: string): Promise<boolean> {
    const rows = await this.tx.query('SELECT 1 FROM admin_credentials WHERE user_id = $1', [id]);
    return rows.length > 0;
  }

  async findByEmail(email: string): Promise<WebsiteUser | null> {
    return this.tx.manager
      .createQueryBuilder(WebsiteUser, 'u')
      .where('lower(u.email) = lower(:email COLLATE pg_unicode_fast) AND u.deleted_at IS NULL', { email })
      .getOne();
  }

  /**
   * The account behind a live session: one look that a suspension, deletion or sign-out ends at once; and whether being
   * here has to be noted, by the clock that notes it.
   */
  async findBySession(id: string, sessionId: string): Promise<(UserColumns & { unseen: boolean }) | undefined> {
    const [row] = await this.tx.query<UserColumns & { unseen: boolean }>(
      `SELECT ${viewColumns('u')}, ${UNSEEN} AS unseen FROM website_users u
       JOIN auth_sessions s ON s.user_id = u.id
       WHERE u.id = $1 AND s.id = $2 AND u.is_active AND u.deleted_at IS NULL
         AND s.revoked_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now()`,
      [id, sessionId],
    );
    return row;
  }

  /**
   * Notes that these people were seen, which takes back that they left; a time that is not stale stays. Those whom
   * somebody else is changing come last and one by one: nobody else waits for them.
   */
  async touch(ids: string[]): Promise<void> {
    const missed = await this.tx.query<{ id: string }>(
      `WITH wanted AS (
        SELECT id FROM website_users u WHERE id = ANY ($1::uuid[]) AND ${UNSEEN}
      ), due AS (
        SELECT id FROM website_users u WHERE id = ANY ($1::uuid[]) AND ${UNSEEN}
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      ), seen AS (
        UPDATE website_users u SET ${SEEN} FROM due WHERE u.id = due.id RETURNING u.id
      )
      SELECT id FROM wanted EXCEPT SELECT id FROM seen`,
      [ids],
    );
    for (const { id } of missed) {
      await this.tx.query(`UPDATE website_users u SET ${SEEN} WHERE id = $1 AND ${UNSEEN}`, [id]);
    }
  }

  /** Marks the address as proven, if it still is that address. @returns whether this call was the one that did it */
  async verifyEmail(id: string, email: string): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE website_users SET email_verified_at = now(), updated_at = now()
       WHERE id = $1 AND email = $2 AND email_verified_at IS NULL AND deleted_at IS NULL RETURNING id`,
      [id, email],
    );
    return rows.length > 0;
  }
}
