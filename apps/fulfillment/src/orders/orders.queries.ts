import { Injectable } from '@nestjs/common';
import { orderNames, type ListOrdersRequest, type Order, type OrderPage } from '#contracts';
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
       where ($1::text[] is null or order_id = any ($1)) and ($2::text is null or lower(email) = lower($2))
         and ($3::uuid is null or id < $3) and ($4::text is null or store = $4) and ($5::text is null or standing = $5)
       order by id desc limit $6`,
      [
        input.order_id === undefined ? null : orderNames(input.order_id),
        input.email ?? null,
        below,
        input.store ?? null,
        input.standing ?? null,
        limit + 1,
      ],
    );
    const { rows: shown, next_cursor } = pageOf(rows, limit);
    return { orders: shown.map(asOrder), next_cursor };
  }
}
