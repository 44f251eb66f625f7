import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Store } from '#contracts';
import { ProductCatalog } from '../products/product-catalog.js';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { OrdersRepository, type OrderRow } from './orders.repository.js';
import { decide, type Decision } from './orders.rules.js';
import { decideSubscription, standingOfCharge } from './subscription.rules.js';

/**
 * Orders that make one license together: the charges of a subscription. Whatever is told of one of them, the first sale
 * is looked at, and under its lease alone the license is touched.
 */
@Injectable()
export class OrderFamiliesService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly work: OrderWorkRepository,
    private readonly products: ProductCatalog,
  ) {}

  async decide(store: Store, order: OrderSnapshot): Promise<Decision> {
    const termsOf = (product: OrderSnapshot['product']) => this.products.find(store, product);
    const { subscription_id, order_id } = order;
    if (!subscription_id || order.kind === 'preorder') return decide(order, termsOf(order.product));
    const family = await this.orders.ofSubscription(store, subscription_id);
    const sold = family.find((row) => row.snapshot.kind === 'sale');
    const isFirst = sold ? sold.order_id === order_id : order.kind === 'sale';
    if (!isFirst) return { standing: standingOfCharge(order), license: 'shared', ...nameOf(sold) };
    const others = family.filter((row) => row.order_id !== order_id).map((row) => row.snapshot);
    return decideSubscription(order, others, termsOf);
  }

  /** Within the transaction that keeps the order: asks for everything that the news concerns. */
  async follow(before: OrderRow | undefined, row: OrderRow, decision: Decision): Promise<void> {
    const { store, snapshot } = row;
    if (!snapshot.subscription_id) return;
    const rekeyed = !before || before.license_key !== row.license_key;
    if (rekeyed || !isSame(before.snapshot, snapshot)) {
      await this.wantUnknown(row);
      if (decision.license === 'shared' && decision.first) await this.work.want(store, decision.first);
    }
    if (decision.license !== 'shared' && rekeyed) await this.wantOthers(row);
    if (decision.license === 'shared' && !decision.first) await this.wantAgain(row);
  }

  /** The first sale may have been kept since this one was decided about. */
  private async wantAgain({ store, order_id, snapshot }: OrderRow): Promise<void> {
    const family = await this.orders.ofSubscription(store, snapshot.subscription_id!);
    if (family.some((other) => other.snapshot.kind === 'sale')) await this.work.want(store, order_id);
  }

  /** Charges that the store names and nobody has told us of. */
  private async wantUnknown({ store, snapshot }: OrderRow): Promise<void> {
    const unknown = await this.orders.unknownOf(store, snapshot.subscription?.order_ids ?? []);
    for (const id of unknown) await this.work.want(store, id);
  }

  /** Its later charges are kept with the license of the first sale. */
  private async wantOthers({ store, order_id, snapshot }: OrderRow): Promise<void> {
    const family = await this.orders.ofSubscription(store, snapshot.subscription_id!);
    for (const other of family) if (other.order_id !== order_id) await this.work.want(store, other.order_id);
  }
}

const nameOf = (first: OrderRow | undefined) => ({
  first: first?.order_id ?? null,
  license_key: first?.license_key ?? null,
});

/** Whether a store tells the same as before; who is erased is not told apart. */
function isSame(a: OrderSnapshot, b: OrderSnapshot): boolean {
  const plain = (snapshot: OrderSnapshot): object => {
    const { email: _email, name: _name, ...rest } = snapshot;
    return JSON.parse(JSON.stringify(rest)) as object;
  };
  return isDeepStrictEqual(plain(a), plain(b));
}
