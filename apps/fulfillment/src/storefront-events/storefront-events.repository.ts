import { Injectable } from '@nestjs/common';
import type { Store } from '#contracts';
import { newId, Transactions } from '#persistence';
import type { PingDescription, StoredPing } from '../storefronts/storefront.js';

export type EventState = 'pending' | 'processed' | 'parked' | 'failed';

/** An order by its store and the store's id of it. */
interface OrderName {
  store: Store;
  order_id: string;
}

/** How a described ping is kept. */
interface Kept {
  sale_id: string | null;
  resource_name: string | null;
  state: EventState;
  error: string | null;
}

/** A test is done as soon as it is stored; what tells of an order waits for that order to be read from its store. */
export function keep(ping: PingDescription): Kept {
  const { resource } = ping;
  if (ping.kind === 'order') return { sale_id: ping.order_id, resource_name: resource, state: 'pending', error: null };
  if (ping.kind === 'irrelevant') return { sale_id: null, resource_name: resource, state: 'processed', error: null };
  if (ping.kind === 'test') return { sale_id: ping.order_id, resource_name: resource, state: 'processed', error: null };
  return { sale_id: null, resource_name: resource, state: 'parked', error: ping.why };
}

/** Pings as they arrived, byte for byte. */
@Injectable()
export class StorefrontEventsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Stores a ping and asks for its order to be settled: one statement, all or nothing. An event that is stored already
   * is no news.
   */
  async insert(store: Store, ping: StoredPing, kept: Kept, eventId: string | null): Promise<string> {
    const id = newId();
    await this.tx.query(
      `with event as (
         insert into storefront_events
           (id, content_type, raw, sale_id, resource_name, state, error, store, event_id, processed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $6 = 'processed' then now() end)
         on conflict (store, event_id) do nothing returning store, sale_id, state
       )
       insert into order_work (store, order_id) select store, sale_id from event where state = 'pending'
       on conflict (store, order_id) do update set wanted = order_work.wanted + 1, due_at = least(order_work.due_at, now())`,
      [id, ping.content_type, ping.raw, kept.sale_id, kept.resource_name, kept.state, kept.error, store, eventId],
    );
    return id;
  }

  /** Judges a stored ping anew; within the transaction that has asked for its order, which is locked before its pings. */
  async reopen(id: string, kept: Kept): Promise<void> {
    await this.tx.query(
      `update storefront_events set sale_id = $2, resource_name = $3, state = $4, error = $5,
         processed_at = case when $4 = 'processed' then now() end
       where id = $1`,
      [id, kept.sale_id, kept.resource_name, kept.state, kept.error],
    );
  }

  async ping(id: string): Promise<(StoredPing & { store: Store }) | undefined> {
    const [ping] = await this.tx.query<{ store: Store; content_type: string; raw: Buffer }>(
      'select store, content_type, raw from storefront_events where id = $1',
      [id],
    );
    return ping;
  }

  /** Ids of the events about a sale that are not done. */
  async openOf({ store, order_id }: OrderName): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>(
      "select id from storefront_events where sale_id = $1 and store = $2 and state <> 'processed'",
      [order_id, store],
    );
    return rows.map((row) => row.id);
  }

  /** Everything that ever arrived about a sale, oldest first. */
  pingsOf({ store, order_id }: OrderName): Promise<StoredPing[]> {
    return this.tx.query<{ content_type: string; raw: Buffer }>(
      'select content_type, raw from storefront_events where sale_id = $1 and store = $2 order by id',
      [order_id, store],
    );
  }

  async conclude(ids: string[], state: EventState, error: string | null, attempts: number): Promise<void> {
    await this.tx.query(
      `update storefront_events set state = $2, error = left($3, 1000), attempts = $4,
         processed_at = case when $2 = 'processed' then now() end
       where id = any($1::uuid[])`,
      [ids, state, error, attempts],
    );
  }
}
