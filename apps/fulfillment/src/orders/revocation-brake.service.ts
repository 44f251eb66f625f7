import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import type { Store } from '#contracts';
import { FulfillmentConfig } from '../fulfillment.config.js';
import { OrdersRepository } from './orders.repository.js';
import { RevocationsHeld } from './settlement-failure.rules.js';

/**
 * A revoked license does not come back. A store whose answers are wrong, or are somebody else's, could have all of them
 * revoked within minutes: beyond so many an hour they wait, so that a person can look first.
 */
@Injectable()
export class RevocationBrake {
  private readonly held;

  constructor(
    private readonly config: FulfillmentConfig,
    private readonly orders: OrdersRepository,
    metrics: Metrics,
  ) {
    const help = 'Times that a revocation had to wait, because its store has told of too many within the hour.';
    this.held = metrics.counter('gatehouse_store_revocations_held_total', help, ['store']);
  }

  /** @throws RevocationsHeld when the order's license is not to be revoked yet */
  async assertFree(store: Store, orderId: string): Promise<void> {
    const most = this.config.mostRevocations;
    if ((await this.orders.revokedLately(store, orderId)) < most) return;
    this.held.inc({ store });
    throw new RevocationsHeld(most);
  }
}
