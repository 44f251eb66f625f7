import { Injectable } from '@nestjs/common';
import { StorefrontsService } from '../storefronts/storefronts.service.js';
import { LicensesService } from './licenses.service.js';
import { OrderBooks } from './order-books.js';
import type { OrderLease } from './order-work.repository.js';
import { OrderFamiliesService } from './order-families.service.js';
import { OrdersRepository, type OrderRow } from './orders.repository.js';

/** Reads an order from its store, decides, and makes its license agree. Can die anywhere and be done again. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly storefronts: StorefrontsService,
    private readonly families: OrderFamiliesService,
    private readonly licenses: LicensesService,
    private readonly orders: OrdersRepository,
    private readonly books: OrderBooks,
  ) {}

  /**
   * @param events ids of the pings that this answers
   * @param stillHeld throws when the lease is too old to begin anything that others would see
   * @throws StorefrontUnreachable, Refusal
   */
  async settle(lease: OrderLease, events: string[], stillHeld: () => void): Promise<void> {
    const storefront = this.storefronts.of(lease.store);
    const order = await storefront.fetchOrder(lease.order_id, () => this.books.pings(lease));
    if (!order) return this.books.leave(lease, events, { state: 'parked', why: 'The store knows no such order.' });
    if (order.order_id !== lease.order_id) return this.books.passOn(lease, events, order.order_id);
    const decision = await this.families.decide(lease.store, order);
    const before = await this.orders.find(lease.store, lease.order_id);
    stillHeld();
    // Nobody is left whom a new license could be made for; one that there is follows its order as before.
    if (decision.license === 'active' && !before?.license_key && (await this.orders.isErased(lease.store, order))) {
      const kept = { standing: decision.standing, license: 'untouched' } as const;
      return this.books.close(lease, events, { before, order, decision: kept, license: null });
    }
    const license = await this.licenses.bringAbout(
      lease.store,
      decision,
      order,
      before?.license_key ?? null,
      stillHeld,
    );
    const follow = (row: OrderRow) => this.families.follow(before, row, decision);
    await this.books.close(lease, events, { before, order, decision, license, follow });
  }
}
