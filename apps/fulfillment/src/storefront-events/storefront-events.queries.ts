import { Injectable } from '@nestjs/common';
import {
  NotFound,
  orderNames,
  type ListStorefrontEventsRequest,
  type StorefrontEvent,
  type StorefrontEventPage,
} from '#contracts';
import { Transactions } from '#persistence';
import { pageOf, readCursor } from '../pages/page-cursor.rules.js';

type Row = Omit<StorefrontEvent, 'received_at' | 'processed_at'> & { received_at: Date; processed_at: Date | null };

const COLUMNS = `id, store, sale_id, resource_name, state, error, attempts, received_at, processed_at`;

const asEvent = (row: Row): StorefrontEvent => ({
  ...row,
  received_at: row.received_at.toISOString(),
  processed_at: row.processed_at?.toISOString() ?? null,
});

/** Looking stored pings up. */
@Injectable()
export class StorefrontEventsQueries {
  constructor(private readonly tx: Transactions) {}

  async page(input: ListStorefrontEventsRequest): Promise<StorefrontEventPage> {
    const { below, limit } = readCursor(input);
    const rows = await this.tx.query<Row>(
      `select ${COLUMNS} from storefront_events
       where ($1::text is null or state = $1) and ($2::text[] is null or sale_id = any ($2)) and ($3::uuid is null or id < $3)
         and ($4::text is null or store = $4)
       order by id desc limit $5`,
      [
        input.state ?? null,
        input.sale_id === undefined ? null : orderNames(input.sale_id),
        below,
        input.store ?? null,
        limit + 1,
      ],
    );
    const { rows: shown, next_cursor } = pageOf(rows, limit);
    return { events: shown.map(asEvent), next_cursor };
  }

  /** @throws Refusal `not_found` */
  async one(id: string): Promise<StorefrontEvent> {
    const [row] = await this.tx.query<Row>(`select ${COLUMNS} from storefront_events where id = $1`, [id]);
    if (!row) throw NotFound.with('There is no event with this id.');
    return asEvent(row);
  }
}
