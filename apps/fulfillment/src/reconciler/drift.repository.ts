import { Injectable } from '@nestjs/common';
import type { Store } from '#contracts';
import { Transactions } from '#persistence';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';

/** Pages of what is looked through at once. */
const PAGE = 200;

export interface Unsettled {
  order_id: string;
  kind: 'not_recorded' | 'differs' | 'paid_though_revoked';
}

/** An order, and where it stands in our books. */
export interface BookedOrder {
  id: string;
  store: Store;
  order_id: string;
}

/** An order that must have no license in force. */
export interface Withdrawn extends BookedOrder {
  license_key: string;
}

export interface UnreceivedMail {
  id: string;
  license_key: string;
}

/** Where our books disagree with the stores', or with themselves. */
@Injectable()
export class DriftRepository {
  constructor(private readonly tx: Transactions) {}

  /** Which of the orders that a store lists are not known as it tells of them. */
  async unsettled(store: Store, orders: readonly OrderSnapshot[]): Promise<Unsettled[]> {
    const listed = orders.map(({ order_id, refund, dispute, test }) => ({ order_id, refund, dispute, test }));
    return this.tx.query<Unsettled & Record<string, unknown>>(
      `select s.order_id, case when o.order_id is null then 'not_recorded' when ${TAKEN_BACK} then 'paid_though_revoked'
         else 'differs' end as kind
       from jsonb_to_recordset($2::jsonb) as s (order_id text, refund text, dispute text, test boolean)
       left join orders o on o.store = $1 and o.order_id = s.order_id
       where o.order_id is null or o.snapshot->>'refund' <> s.refund or o.snapshot->>'dispute' <> s.dispute
         or (o.snapshot->>'test')::boolean <> s.test`,
      [store, JSON.stringify(listed)],
    );
  }

  /** Sales that are paid, whose buyer is known, and that have made no license; a page of them behind an id. */
  unlicensed(since: string, after: string): Promise<BookedOrder[]> {
    return this.tx.query<BookedOrder & Record<string, unknown>>(
      `select id, store, order_id from orders
       where standing in ('paid', 'unmapped') and license_key is null and snapshot->>'kind' = 'sale' and email is not null
         and erased_at is null and ${SOLD_SINCE} and id > $2
       order by id limit ${PAGE}`,
      [since, after],
    );
  }

  /** Orders of their own whose money is gone; charges of a subscription and renewals share the license of another. */
  withdrawn(since: string, after: string): Promise<Withdrawn[]> {
    return this.tx.query<Withdrawn & Record<string, unknown>>(
      `select id, store, order_id, license_key from orders
       where standing in ('refunded', 'disputed') and license_key is not null and snapshot->>'kind' = 'sale'
         and subscription_id is null and snapshot->>'renews' is null and ${SOLD_SINCE} and id > $2
       order by id limit ${PAGE}`,
      [since, after],
    );
  }

  unreceived(since: string, after: string): Promise<UnreceivedMail[]> {
    return this.tx.query<UnreceivedMail & Record<string, unknown>>(
      `select id, license_key from mail_outbox
       where state in ('bounced', 'suppressed') and license_key is not null and created_at >= $1::date and id > $2
       order by id limit ${PAGE}`,
      [since, after],
    );
  }

  /** An order of every subscription that goes on, as far as is known; its end may have been told to nobody. */
  async goingOn(store: Store): Promise<string[]> {
    const rows = await this.tx.query<{ order_id: string }>(
      `select distinct on (subscription_id) order_id from orders
       where store = $1 and subscription_id is not null
         and coalesce(snapshot->'subscription'->>'state', 'active') <> 'ended'
       order by subscription_id, id desc`,
      [store],
    );
    return rows.map((row) => row.order_id);
  }
}

/** Its license was revoked for good on the store's word, and now the store keeps the money after all. */
const TAKEN_BACK = `o.license_key is not null and s.refund <> 'full' and s.dispute in ('none', 'won')
  and (o.snapshot->>'refund' = 'full' or o.snapshot->>'dispute' = 'lost') and o.snapshot->>'kind' = 'sale'`;

const SOLD_SINCE = `case when pg_input_is_valid(snapshot->>'sold_at', 'timestamptz')
  then (snapshot->>'sold_at')::timestamptz else created_at end >= $1::date`;
