import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ACCOUNT_COLUMNS, PERSONAL_TABLES } from './personal-tables.js';

/** An export travels in one message. */
const MOST_ENTRIES = 1_000;

type Rows = Record<string, unknown>[];

/** Shows and erases everything that this database holds about a person. */
@Injectable()
export class PersonalTablesRepository {
  constructor(private readonly tx: Transactions) {}

  /** The account and the rows of every table that the person has any in. */
  async read(userId: string): Promise<Record<string, unknown>> {
    const [account] = await this.tx.query(
      `SELECT ${ACCOUNT_COLUMNS.join(', ')}, password_hash IS NOT NULL AS has_password FROM website_users WHERE id = $1`,
      [userId],
    );
    const tables: [string, Rows][] = [];
    for (const [table, { owner, shown }] of Object.entries(PERSONAL_TABLES)) {
      const rows = await this.tx.query(`SELECT ${shown.join(', ')} FROM ${table} WHERE ${owner} = $1`, [userId]);
      if (rows.length) tables.push([table, rows]);
    }
    return { account, ...Object.fromEntries(tables), audit_log: await this.audit(userId) };
  }

  /** What the audit log says about the person; the log itself forgets whom it is about when the account goes. */
  private audit(userId: string): Promise<Rows> {
    return this.tx.query(
      `SELECT l.at, l.event, l.client_id, l.session_id, host(l.ip) AS ip, l.user_agent, l.factors, l.cause
       FROM audit_log l JOIN audit_subjects s ON s.subject = l.subject
       WHERE s.user_id = $1 ORDER BY l.seq DESC LIMIT ${MOST_ENTRIES}`,
      [userId],
    );
  }

  /** Erases all but the address, which stays taken. The row itself goes with {@link eraseAddress}. */
  async erase(userId: string): Promise<void> {
    for (const [table, { owner }] of Object.entries(PERSONAL_TABLES)) {
      await this.tx.query(`DELETE FROM ${table} WHERE ${owner} = $1`, [userId]);
    }
    await this.tx.query(
      `UPDATE website_users SET username = 'erased-' || id, display_name = NULL, avatar_url = NULL, bio = NULL,
         password_hash = NULL, roles = '{}', last_login_at = NULL, last_seen_at = NULL, left_at = NULL
       WHERE id = $1`,
      [userId],
    );
  }

  /** The last of it: the address, wherever it stands for this person. */
  async eraseAddress(userId: string): Promise<void> {
    const gone = await this.tx.query<{ email: string | null; proven: boolean }>(
      `DELETE FROM website_users WHERE id = $1 RETURNING email, email_verified_at IS NOT NULL AS proven`,
      [userId],
    );
    const email = gone[0]?.email;
    if (!email) return;
    const isIt = 'lower(email) = lower($1 COLLATE pg_unicode_fast)';
    await this.tx.query(`DELETE FROM registrations WHERE ${isIt}`, [email]);
    await this.tx.query(`DELETE FROM recovery_requests WHERE ${isIt}`, [email]);
    // Whoever merely typed an address must not take away the old account of the one whose it is.
    if (gone[0]!.proven) await this.tx.query(`DELETE FROM users WHERE ${isIt} AND website_user_id IS NULL`, [email]);
  }

  /** The person's address if it was proven to be the person's. */
  async provenAddress(userId: string): Promise<string | null> {
    const [row] = await this.tx.query<{ email: string | null }>(
      'SELECT email FROM website_users WHERE id = $1 AND email_verified_at IS NOT NULL',
      [userId],
    );
    return row?.email ?? null;
  }
}
