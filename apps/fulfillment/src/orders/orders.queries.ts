import { Injectable } from '@nestjs/common';
import type { ListOrdersRequest, Order, OrderPage } from '#contracts';
import { Transactions } from '#persistence';
import { pageOf, readCursor } from '../pages/page-cursor.rules.js';

type Row = Omit<Order, 'updated_at'> & { id: string; updated_at: Date };

const asOrder = ({ id: _, updated_at, ...order }: Row): Order => ({ ...order, updated_at: updated_at.toISOString() });

/** Looking orders up. */
@Injectable()
export class OrdersQueries {
  constructor(private readonly tx: Transactions) {}

  async page(input: ListOrdersRequest): Promise<OrderPage> {
    const { below, limit } = readCursor(input);
    const rows = await this.tx.query<Row>(
      `select id, store, order_id, email, product, standing, license_key, snapshot, updated_at from orders
       where ($1::text is null or order_id = $1) and ($2::text is null or lower(email) = lower($2))
         and ($3::uuid is null or id < $3)
       order by id desc limit $4`,
      [input.order_id ?? null, input.email ?? null, below, limit + 1],
    );
    const { rows: shown, next_cursor } = pageOf(rows, limit);
    return { orders: shown.map(asOrder), next_cursor };
  }
}
