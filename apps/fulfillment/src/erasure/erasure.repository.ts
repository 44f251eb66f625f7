import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Whom to erase; the address only when it was proven to be the person's. */
export interface ErasedPerson {
  user_id: string;
  email: string | null;
}

/** A ping that names a person. */
export interface PersonalPing {
  id: string;
  content_type: string;
  raw: Buffer;
}

/** Shows and erases what this database holds about a person. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly tx: Transactions) {}

  async read({ user_id, email }: ErasedPerson): Promise<Record<string, unknown>> {
    return {
      orders: await this.tx.query(
        `select store, order_id, email, product, standing, license_key, snapshot, created_at, updated_at from orders
         where lower(email) = lower($1) order by id`,
        [email],
      ),
      mails: await this.tx.query(
        'select template, state, created_at, sent_at from mail_outbox where user_id = $1 order by id',
        [user_id],
      ),
    };
  }

  /** Takes the person out of the orders, which accounting needs; a trigger sees to it that they stay so. */
  async anonymizeOrders(email: string): Promise<void> {
    await this.tx.query('update orders set erased_at = now() where lower(email) = lower($1) and erased_at is null', [
      email,
    ]);
  }

  /** Takes the person's ways into the portal. */
  async forgetPortal(email: string): Promise<void> {
    await this.tx.query('delete from portal_links where lower(email) = lower($1)', [email]);
    await this.tx.query('delete from portal_sessions where lower(email) = lower($1)', [email]);
  }

  /** Mails of the person become nobody's; what is not sent yet is not sent any more. */
  async anonymizeMails(userId: string): Promise<void> {
    await this.tx.query(
      `update mail_outbox set user_id = null, error = null, lease_token = null, lease_until = null,
         state = case when state = 'queued' then 'dropped' else state end
       where user_id = $1`,
      [userId],
    );
  }

  /** Pings that still name somebody: of erased orders, and those that hold the address as it is or as forms write it. */
  async pingsOf(email: string | null): Promise<PersonalPing[]> {
    return this.tx.query<PersonalPing & { [column: string]: unknown }>(
      `select id, content_type, raw from gumroad_events e
       where erased_at is null and (
         exists (select 1 from orders o where o.store = 'gumroad' and o.order_id = e.sale_id and o.erased_at is not null)
         or position(lower($1) in lower(encode(raw, 'escape'))) > 0
         or position(lower($2) in lower(encode(raw, 'escape'))) > 0)
       order by id limit 500 for update skip locked`,
      [email, email && encodeURIComponent(email)],
    );
  }

  async replacePing(id: string, raw: Buffer): Promise<void> {
    await this.tx.query(
      `update gumroad_events set raw = $2, content_type = 'application/x-www-form-urlencoded', erased_at = now()
       where id = $1`,
      [id, raw],
    );
  }
}
