import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import type { Store } from '#contracts';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import { OrderLicenses } from './order-licenses.js';
import type { Decision } from './orders.rules.js';
import { RenewalOrder } from './renewal-order.js';
import { RevocationBrake } from './revocation-brake.service.js';
import type { Step } from './step.js';

/** Every step is far below the lease, so that an answer that comes is an answer that counts. */
const AS = { timeoutMs: 4_000 };

/** Makes the license of an order agree with what was decided. Every step may be repeated. */
@Injectable()
export class LicensesService {
  constructor(
    private readonly bus: Bus,
    private readonly brake: RevocationBrake,
  ) {}

  /**
   * @param store whose order it is
   * @param known key of the license as far as we know
   * @param stillHeld asked before every step; throws when the lease is too old to begin one that others would see
   * @returns key of the order's license, of the first one when it makes several; null when there is none
   */
  async bringAbout(
    store: Store,
    decision: Decision,
    order: OrderSnapshot,
    known: string | null,
    stillHeld: () => void,
  ): Promise<string | null> {
    const step: Step = (command, input) => {
      stillHeld();
      return this.bus.send(command, input, AS);
    };
    const licenses = new OrderLicenses(order, known, step);
    const renewal = new RenewalOrder(order, known, step);
    if (decision.license === 'revoked') await this.brake.assertFree(store, order.order_id);
    switch (decision.license) {
      case 'active':
        return licenses.mint(decision);
      case 'renewed':
        return (await renewal.renew(decision)) ?? licenses.mint(decision);
      case 'revoked':
        return (await renewal.withdraw()) ?? licenses.revoke(decision);
      case 'suspended':
        return (await renewal.withdraw()) ?? licenses.suspend(decision);
      case 'shared':
        return decision.license_key;
      case 'untouched':
        return known;
    }
  }
}
