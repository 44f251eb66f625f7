import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { ProductCatalog } from '../products/product-catalog.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { OrdersRepository } from './orders.repository.js';
import { SettlementWorker } from './settlement-worker.js';

/** Fulfills what was sold before its product was mapped: at start, which is when the products file is read. */
@Injectable()
export class MappedOrdersService implements OnApplicationBootstrap {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly work: OrderWorkRepository,
    private readonly products: ProductCatalog,
    private readonly worker: SettlementWorker,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const waiting = await this.orders.unmapped();
    const mapped = waiting.filter((order) => this.products.find(order.store, order.snapshot.product));
    for (const order of mapped) await this.work.want(order.store, order.order_id);
    if (!mapped.length) return;
    this.log.info('orders whose product is mapped now are fulfilled', { orders: mapped.length });
    this.worker.wake();
  }
}
