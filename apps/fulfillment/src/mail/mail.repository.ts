import { Injectable } from '@nestjs/common';
import type { MailKind } from '#contracts';
import { newId, Transactions } from '#persistence';

/** What a mail is about: ids alone. Names, addresses, tokens and blobs are looked up when it is sent. */
export interface MailRequest {
  /** The same key is the same mail. */
  key: string;
  template: 'license' | 'license_changed' | 'portal_link' | MailKind;
  license_key?: string;
  token_id?: string;
  user_id?: string;
}

/** A lease on a mail that is due. */
export interface MailLease {
  id: string;
  template: MailRequest['template'];
  license_key: string | null;
  token_id: string | null;
  attempts: number;
  round: number;
  /** When the first try failed. */
  first_try_at: Date | null;
  token: string;
  /** For when it was due; another time by the end of the lease is somebody who asked for it meanwhile. */
  due_at: string;
}

/** The mail outbox. */
@Injectable()
export class MailRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns whether it is a new one */
  async enqueue(mail: MailRequest): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `insert into mail_outbox (id, key, template, license_key, token_id, user_id) values ($1, $2, $3, $4, $5, $6)
       on conflict (key) do nothing`,
      [newId(), mail.key, mail.template, mail.license_key ?? null, mail.token_id ?? null, mail.user_id ?? null],
    );
    return rowCount === 1;
  }

  /** Leases mail that is due; what a dead worker held is due when its lease runs out. */
  claim(limit: number, leaseMs: number): Promise<MailLease[]> {
    return this.tx.query<MailLease & { [column: string]: unknown }>(
      `with due as (
         select id from mail_outbox
         where state = 'queued' and due_at <= now() and (lease_until is null or lease_until < now())
         order by due_at limit $1 for update skip locked
       )
       update mail_outbox m set lease_token = $2, lease_until = now() + $3 * interval '1 millisecond', attempts = attempts + 1
       from due where m.id = due.id
       returning m.id, m.template, m.license_key, m.token_id, m.attempts, m.round, m.first_try_at, m.lease_token as token,
         m.due_at::text as due_at`,
      [limit, newId(), leaseMs],
    );
  }

  async dueInMs(): Promise<number | null> {
    const [row] = await this.tx.query<{ ms: number | null }>(
      `select (extract(epoch from min(greatest(due_at, coalesce(lease_until, due_at))) - now()) * 1000)::float8 as ms
       from mail_outbox where state = 'queued'`,
    );
    return row?.ms ?? null;
  }

  /** Ends a mail for good. @returns false when the lease was lost */
  async conclude(
    lease: MailLease,
    state: 'sent' | 'bounced' | 'suppressed' | 'dropped',
    error: string | null,
  ): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `update mail_outbox set state = $3, error = left($4, 1000), lease_token = null, lease_until = null,
         sent_at = case when $3 = 'sent' then now() else sent_at end
       where id = $1 and lease_token = $2`,
      [lease.id, lease.token, state, error],
    );
    return rowCount === 1;
  }

  /** Makes due what is queued about a license, also while somebody is at it. @returns whether there is any */
  async expedite(licenseKey: string): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `update mail_outbox set due_at = now() where license_key = $1 and state = 'queued'`,
      [licenseKey],
    );
    return rowCount! > 0;
  }

  /** @param counts whether this try is one of those after which a mail is given up */
  async postpone(lease: MailLease, error: string, seconds: number, counts: boolean): Promise<void> {
    await this.tx.query(
      `update mail_outbox set error = left($3, 1000), lease_token = null, lease_until = null,
         due_at = case when due_at = $6 then now() + $4 * interval '1 second' else now() end, attempts = attempts - $5::integer,
         first_try_at = case when $5 = 0 then coalesce(first_try_at, now()) else first_try_at end
       where id = $1 and lease_token = $2`,
      [lease.id, lease.token, error, seconds, counts ? 0 : 1, lease.due_at],
    );
  }

  /** Has a mail sent once more, as a mail of its own to the receiver's program. @returns false when there is none */
  async requeue(id: string): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `update mail_outbox set state = 'queued', due_at = now(), attempts = 0, round = round + 1, error = null, first_try_at = null,
         lease_token = null, lease_until = null
       where id = $1`,
      [id],
    );
    return rowCount === 1;
  }
}
