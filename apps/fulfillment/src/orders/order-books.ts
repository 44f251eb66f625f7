import { Injectable } from '@nestjs/common';
import { OrderSettled } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { StorefrontEventsRepository } from '../storefront-events/storefront-events.repository.js';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import type { StoredPing } from '../storefronts/storefront.js';
import { OrderWorkRepository, type OrderLease } from './order-work.repository.js';
import { OrdersRepository, type OrderRow } from './orders.repository.js';
import type { Decision } from './orders.rules.js';
import type { Leaving } from './settlement-failure.rules.js';

/** What settling an order came to. */
export interface Settlement {
  before: OrderRow | undefined;
  order: OrderSnapshot;
  decision: Decision;
  license: string | null;
  /** What else is to be looked at because of it; asked for in the same transaction. */
  follow?: (row: OrderRow) => Promise<void>;
}

/** What settling reads and writes about an order, in transactions that span no call to anybody. */
@Injectable()
export class OrderBooks {
  constructor(
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
    private readonly orders: OrdersRepository,
    private readonly work: OrderWorkRepository,
    private readonly events: StorefrontEventsRepository,
  ) {}

  /** Ids of the pings about the order that are not done. */
  openEvents(lease: OrderLease): Promise<string[]> {
    return this.events.openOf(lease);
  }

  /** Everything that ever arrived about the order. */
  pings(lease: OrderLease): Promise<StoredPing[]> {
    return this.events.pingsOf(lease);
  }

  /** The order is as the store tells of it, its license agrees, and its events are done. */
  close(lease: OrderLease, events: string[], { before, order, decision, license, follow }: Settlement): Promise<void> {
    return this.tx.run(async () => {
      if (order.subscription_id) await this.orders.lockSubscription(lease.store, order.subscription_id);
      if (!(await this.stillOurs(lease))) return;
      const row = rowOf(lease, order, decision, license);
      await this.orders.save(row, decision.license === 'revoked' && license !== null);
      await follow?.(row);
      const parked = parkedBecause(decision);
      await this.events.conclude(events, parked ? 'parked' : 'processed', parked ?? null, lease.attempts);
      if (before?.standing !== row.standing || before.license_key !== row.license_key) await this.tell(row);
    });
  }

  /** What the events are about is part of another order: that one is looked at instead. */
  async passOn(lease: OrderLease, events: string[], orderId: string): Promise<void> {
    // Not in the transaction below: whoever closes that order may ask for this one, and each would wait for the other.
    await this.work.want(lease.store, orderId);
    await this.tx.run(async () => {
      if (!(await this.stillOurs(lease))) return;
      await this.events.conclude(events, 'processed', null, lease.attempts);
    });
  }

  /** The order is not settled: its events say why, and whether somebody comes back. */
  leave(lease: OrderLease, events: string[], leaving: Leaving): Promise<void> {
    return this.tx.run(async () => {
      const ours =
        leaving.state === 'pending' ? await this.work.postpone(lease, leaving.seconds) : await this.stillOurs(lease);
      if (ours) await this.events.conclude(events, leaving.state, leaving.why, lease.attempts);
    });
  }

  /** Who finds the lease lost has acted on an answer that may be old: somebody must look once more. */
  private async stillOurs(lease: OrderLease): Promise<boolean> {
    if (await this.work.finish(lease)) return true;
    await this.work.want(lease.store, lease.order_id);
    return false;
  }

  private tell({ store, order_id, standing, license_key }: OrderRow): Promise<void> {
    return this.outbox.append(OrderSettled, { store, order_id, standing, license_key }, { key: order_id });
  }
}

const parkedBecause = (decision: Decision): string | undefined => {
  if (decision.license === 'shared' && !decision.first) return 'The first sale of its subscription is not known yet.';
  return decision.license === 'untouched' ? decision.parked : undefined;
};

const rowOf = (lease: OrderLease, snapshot: OrderSnapshot, decision: Decision, license: string | null): OrderRow => ({
  store: lease.store,
  order_id: lease.order_id,
  email: snapshot.email,
  product: snapshot.product.permalink ?? snapshot.product.id,
  standing: decision.standing,
  license_key: license,
  snapshot,
});
