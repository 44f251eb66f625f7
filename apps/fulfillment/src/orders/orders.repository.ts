import { Injectable } from '@nestjs/common';
import type { Store } from '#contracts';
import { Transactions } from '#persistence';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import type { Standing } from './orders.rules.js';

export interface OrderRow {
  store: Store;
  order_id: string;
  email: string | null;
  product: string | null;
  standing: Standing;
  license_key: string | null;
  snapshot: OrderSnapshot;
}

const COLUMNS = 'store, order_id, email, product, standing, license_key, snapshot';

/** Orders as their stores last told them. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly tx: Transactions) {}

  /** The orders of a subscription that are known, in the order in which they became known. */
  ofSubscription(store: string, subscriptionId: string): Promise<OrderRow[]> {
    return this.tx.query<OrderRow & Record<string, unknown>>(
      `select ${COLUMNS} from orders where store = $1 and subscription_id = $2 order by id`,
      [store, subscriptionId],
    );
  }

  /** Until the transaction ends, no other one keeps an order of the subscription: they ask for one another's work. */
  async lockSubscription(store: string, subscriptionId: string): Promise<void> {
    await this.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${store} ${subscriptionId}`]);
  }

  /** Those of `ids` that no order is known by. */
  async unknownOf(store: string, ids: string[]): Promise<string[]> {
    const rows = await this.tx.query<{ id: string }>(
      `select distinct named.id from unnest($2::text[]) as named (id)
       where not exists (select 1 from orders where orders.store = $1 and orders.order_id = named.id)`,
      [store, ids],
    );
    return rows.map((row) => row.id);
  }

  async find(store: string, orderId: string): Promise<OrderRow | undefined> {
    const [row] = await this.tx.query<OrderRow>(`select ${COLUMNS} from orders where store = $1 and order_id = $2`, [
      store,
      orderId,
    ]);
    return row;
  }

  /** @param revoked its license is out of force for good because of what the store tells */
  async save(order: OrderRow, revoked: boolean): Promise<void> {
    await this.tx.query(
      `insert into orders (store, order_id, email, product, standing, license_key, snapshot, revoked_at)
       values ($1, $2, $3, $4, $5, $6, $7, case when $8 then now() end)
       on conflict (store, order_id) do update set email = excluded.email, product = excluded.product,
         standing = excluded.standing, license_key = excluded.license_key, snapshot = excluded.snapshot, updated_at = now(),
         revoked_at = case when $8 then coalesce(orders.revoked_at, now()) end`,
      [
        ...[order.store, order.order_id, order.email, order.product, order.standing, order.license_key],
        ...[order.snapshot, revoked],
      ],
    );
  }

  /** Licenses that were revoked on the store's word within the last hour; none when the order's own is revoked already. */
  async revokedLately(store: string, orderId: string): Promise<number> {
    const [row] = await this.tx.query<{ n: number }>(
      `select count(*)::int as n from orders where store = $1 and revoked_at > now() - interval '1 hour'
         and not exists (select 1 from orders where store = $1 and order_id = $2 and revoked_at is not null)`,
      [store, orderId],
    );
    return row!.n;
  }

  /** Whether the order's buyer is erased: the order itself, or the address after it was sold. */
  async isErased(store: string, { order_id, email, sold_at }: OrderSnapshot): Promise<boolean> {
    const [row] = await this.tx.query<{ erased: boolean }>(
      `select exists (select 1 from orders where store = $1 and order_id = $2 and erased_at is not null)
         or exists (select 1 from erased_addresses where address_hash = address_hash($3) and erased_at >= $4) as erased`,
      [store, order_id, email, sold_at],
    );
    return row!.erased;
  }

  /** Orders that wait for their product to be mapped. */
  unmapped(): Promise<Pick<OrderRow, 'store' | 'order_id' | 'snapshot'>[]> {
    return this.tx.query("select store, order_id, snapshot from orders where standing = 'unmapped'");
  }
}
