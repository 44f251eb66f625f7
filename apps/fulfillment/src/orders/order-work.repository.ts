import { Injectable } from '@nestjs/common';
import type { Store } from '#contracts';
import { newId, Transactions } from '#persistence';

/** A lease on one order: for its time nobody else works on that order. */
export interface OrderLease {
  store: Store;
  order_id: string;
  token: string;
  /** How much was asked for when the lease was taken. */
  wanted: string;
  attempts: number;
}

/** Which orders are to be looked at, and who is at it. One row an order, however many pings there are about it. */
@Injectable()
export class OrderWorkRepository {
  constructor(private readonly tx: Transactions) {}

  /** Leases orders that are due and that nobody works on; what a dead worker held is due when its lease runs out. */
  async claim(limit: number, leaseMs: number): Promise<OrderLease[]> {
    return this.tx.query<OrderLease & { [column: string]: unknown }>(
      `with due as (
         select store, order_id from order_work
         where due_at <= now() and (lease_until is null or lease_until < now())
         order by due_at limit $1 for update skip locked
       )
       update order_work w set lease_token = $2, lease_until = now() + $3 * interval '1 millisecond', attempts = attempts + 1
       from due where w.store = due.store and w.order_id = due.order_id
       returning w.store, w.order_id, w.lease_token as token, w.wanted, w.attempts`,
      [limit, newId(), leaseMs],
    );
  }

  /** Milliseconds until an order is due or a lease runs out. */
  async dueInMs(): Promise<number | null> {
    const [row] = await this.tx.query<{ ms: number | null }>(
      `select (extract(epoch from min(greatest(due_at, coalesce(lease_until, due_at))) - now()) * 1000)::float8 as ms
       from order_work`,
    );
    return row?.ms ?? null;
  }

  /** Asks for a look at the order, also while somebody works on it. */
  async want(store: string, orderId: string): Promise<void> {
    await this.tx.query(
      `insert into order_work (store, order_id) values ($1, $2)
       on conflict (store, order_id) do update set wanted = order_work.wanted + 1, due_at = least(order_work.due_at, now())`,
      [store, orderId],
    );
  }

  /**
   * Ends a lease whose work is done: the row goes, unless somebody asked again meanwhile, then it is due at once.
   * @returns false when the lease was lost; whoever holds it now decides.
   */
  async finish(lease: OrderLease): Promise<boolean> {
    const by = [lease.store, lease.order_id, lease.token];
    const held = await this.tx.execute(
      'delete from order_work where store = $1 and order_id = $2 and lease_token = $3 and wanted = $4',
      [...by, lease.wanted],
    );
    if (held.rowCount === 1) return true;
    const asked = await this.tx.execute(
      `update order_work set lease_token = null, lease_until = null, attempts = 0, due_at = now()
       where store = $1 and order_id = $2 and lease_token = $3`,
      by,
    );
    return asked.rowCount === 1;
  }

  /** Gives the lease back; the order is due again after the pause, or at once when somebody asked meanwhile. */
  async postpone(lease: OrderLease, seconds: number): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `update order_work set lease_token = null, lease_until = null,
         due_at = case when wanted = $4 then now() + $5 * interval '1 second' else now() end
       where store = $1 and order_id = $2 and lease_token = $3`,
      [lease.store, lease.order_id, lease.token, lease.wanted, seconds],
    );
    return rowCount === 1;
  }
}
