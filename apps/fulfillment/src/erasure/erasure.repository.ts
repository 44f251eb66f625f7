import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { addressPattern } from './address-pattern.rules.js';

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

/** What a person is taken out of when nothing but an address is known. */
export type ErasedKind = 'orders' | 'storefront_events' | 'mails' | 'portal_accesses';

/** Pings that hold the address, see {@link addressPattern}. */
const HOLDS_ADDRESS = `encode(e.raw, 'escape') ~* $2`;

/** Pings of erased or of the person's orders, and those that hold the address. */
const NAMES_SOMEBODY = `e.erased_at is null and (
  exists (select 1 from orders o where o.store = e.store and o.order_id = e.sale_id
          and (o.erased_at is not null or lower(o.email) = lower($1)))
  or ${HOLDS_ADDRESS})`;

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
  async anonymizeOrders(email: string): Promise<number> {
    const { rowCount } = await this.tx.execute(
      'update orders set erased_at = now() where lower(email) = lower($1) and erased_at is null',
      [email],
    );
    return rowCount ?? 0;
  }

  /** Keeps the address out of orders that were made until now, should their store tell of them again or for the first time. */
  async rememberErased(email: string): Promise<void> {
    await this.tx.query(
      `insert into erased_addresses (address_hash) values (address_hash($1))
       on conflict (address_hash) do update set erased_at = now()`,
      [email],
    );
  }

  /** Licenses that are waiting to be mailed to the address stay unsent. */
  async dropMails(email: string): Promise<number> {
    const { rowCount } = await this.tx.execute(
      `update mail_outbox set state = 'dropped', error = 'The buyer was erased.', lease_token = null, lease_until = null
       where state = 'queued' and license_key in (select license_key from orders where lower(email) = lower($1))`,
      [email],
    );
    return rowCount ?? 0;
  }

  /** Takes the person's ways into the portal. */
  async forgetPortal(email: string): Promise<number> {
    const links = await this.tx.execute('delete from portal_links where lower(email) = lower($1)', [email]);
    const sessions = await this.tx.execute('delete from portal_sessions where lower(email) = lower($1)', [email]);
    return (links.rowCount ?? 0) + (sessions.rowCount ?? 0);
  }

  /** Whether somebody settles an order of the address at this moment, and so may be having a license made. */
  async isBusy(email: string): Promise<boolean> {
    const [row] = await this.tx.query<{ busy: boolean }>(
      `select exists (
         select 1 from order_work w where w.lease_until > now() and (
           exists (select 1 from orders o
                   where o.store = w.store and o.order_id = w.order_id and lower(o.email) = lower($1))
           or exists (select 1 from storefront_events e
                      where e.store = w.store and e.sale_id = w.order_id and ${HOLDS_ADDRESS}))) as busy`,
      [email, addressPattern(email)],
    );
    return row!.busy;
  }

  /** How many rows of each kind name the address. */
  async count(email: string): Promise<Record<ErasedKind, number>> {
    const [row] = await this.tx.query<Record<ErasedKind, number>>(
      `select
         (select count(*)::int from orders where lower(email) = lower($1)) as orders,
         (select count(*)::int from storefront_events e where ${NAMES_SOMEBODY}) as storefront_events,
         (select count(*)::int from mail_outbox where state = 'queued' and license_key in (
            select license_key from orders where lower(email) = lower($1))) as mails,
         (select count(*)::int from portal_links where lower(email) = lower($1))
           + (select count(*)::int from portal_sessions where lower(email) = lower($1)) as portal_accesses`,
      [email, addressPattern(email)],
    );
    return row!;
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

  /**
   * Pings that still name somebody: of erased orders, and those that hold the address. Whoever is changing one is waited
   * for: nobody would look for it by the address again.
   */
  async pingsOf(email: string | null): Promise<PersonalPing[]> {
    return this.tx.query<PersonalPing & { [column: string]: unknown }>(
      `select id, content_type, raw from storefront_events e
       where ${NAMES_SOMEBODY}
       order by id limit 500 for update`,
      [email, email && addressPattern(email)],
    );
  }

  async replacePing(id: string, raw: Buffer): Promise<void> {
    await this.tx.query(
      `update storefront_events set raw = $2, content_type = 'application/x-www-form-urlencoded', erased_at = now()
       where id = $1`,
      [id, raw],
    );
  }
}
