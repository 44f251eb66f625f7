import { Injectable } from '@nestjs/common';
import { newId, Transactions } from '#persistence';
import { portalTokenHash } from './portal-token.rules.js';

const LINK_MINUTES = 30;
const SESSION_MINUTES = 30;

/** Ways into the portal. */
@Injectable()
export class PortalRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns the link’s id; nothing when the address has asked for `most` of them within the hour */
  async addLink(email: string, most: number): Promise<string | undefined> {
    await this.tx.query('select pg_advisory_xact_lock(hashtextextended(lower($1), 8))', [email]);
    const [row] = await this.tx.query<{ id: string }>(
      `insert into portal_links (id, email, expires_at)
       select $1, $2, now() + $3 * interval '1 minute'
       where (select count(*) from portal_links
              where lower(email) = lower($2) and created_at > now() - interval '1 hour') < $4
       returning id`,
      [newId(), email, LINK_MINUTES, most],
    );
    return row?.id;
  }

  async readLink(id: string): Promise<{ email: string; expires_at: Date } | undefined> {
    const sql = 'select email, expires_at from portal_links where id = $1 and used_at is null and expires_at > now()';
    return (await this.tx.query<{ email: string; expires_at: Date }>(sql, [id]))[0];
  }

  async addToken(linkId: string, token: string): Promise<void> {
    const sql = 'insert into portal_link_tokens (token_hash, link_id) values ($1, $2)';
    await this.tx.query(sql, [portalTokenHash(token), linkId]);
  }

  /** Uses a link up. @returns whose it was; nothing when it was used before or is over */
  async useLink(token: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ email: string }>(
      `update portal_links l set used_at = now() from portal_link_tokens t
       where t.token_hash = $1 and l.id = t.link_id and l.used_at is null and l.expires_at > now() returning l.email`,
      [portalTokenHash(token)],
    );
    return row?.email;
  }

  async addSession(session: string, email: string): Promise<Date> {
    const [row] = await this.tx.query<{ expires_at: Date }>(
      `insert into portal_sessions (session_hash, email, expires_at) values ($1, $2, now() + $3 * interval '1 minute')
       returning expires_at`,
      [portalTokenHash(session), email, SESSION_MINUTES],
    );
    return row!.expires_at;
  }

  async emailOf(session: string): Promise<string | undefined> {
    const sql = 'select email from portal_sessions where session_hash = $1 and expires_at > now()';
    return (await this.tx.query<{ email: string }>(sql, [portalTokenHash(session)]))[0]?.email;
  }

  /** Mails about a license within the last hour; until the transaction ends nobody else counts them. */
  async recentMails(licenseKey: string): Promise<number> {
    await this.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 9))', [licenseKey]);
    const [row] = await this.tx.query<{ n: number }>(
      `select count(*)::int as n from mail_outbox where license_key = $1 and created_at > now() - interval '1 hour'`,
      [licenseKey],
    );
    return row!.n;
  }

  /** Forgets what is over, a day later: within the hour it still counts against the limit. */
  async forgetOver(): Promise<void> {
    await this.tx.query(`delete from portal_links where expires_at < now() - interval '1 day'`);
    await this.tx.query(`delete from portal_sessions where expires_at < now()`);
  }
}
