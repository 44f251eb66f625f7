import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  LicenseRevoked,
  MintLicense,
  NotFound,
  Refusal,
  RestoreLicense,
  RevokeLicense,
  SuspendLicense,
} from '#contracts';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import { buyerName } from './buyer-name.rules.js';
import type { Decision } from './orders.rules.js';

/** Together below the lease, so that an answer that comes is an answer that counts. */
const AS = { timeoutMs: 4_000 };

/** Makes the license of an order agree with what was decided. Every step may be repeated. */
@Injectable()
export class LicensesService {
  constructor(private readonly bus: Bus) {}

  /**
   * @param known key of the license as far as we know
   * @returns key of the order's license, null when there is none
   */
  async bringAbout(decision: Decision, order: OrderSnapshot, known: string | null): Promise<string | null> {
    switch (decision.license) {
      case 'active':
        return this.mint(order, decision.terms);
      case 'revoked':
        return this.takeBack(known, () => this.bus.send(RevokeLicense, refunded(order), AS));
      case 'suspended':
        return this.takeBack(known, () => this.bus.send(SuspendLicense, disputed(order), AS));
      case 'untouched':
        return known;
    }
  }

  /** The same order gives the same license. One that was suspended for a dispute is put back; a revoked one stays so. */
  private async mint(order: OrderSnapshot, terms: { tier: 'lite' | 'core' | 'pro' | 'enterprise'; years: number }) {
    const email = order.email!;
    const input = { name: buyerName(order.name, email), email, ...terms, order: order.order_id };
    const license = await this.bus.send(MintLicense, input, AS);
    if (license.status === 'suspended') {
      await this.bus.send(RestoreLicense, { gumroad_order_id: order.order_id }, AS);
    }
    return license.license_key;
  }

  /** There may be none: a refund or a dispute can be told before the sale was. */
  private async takeBack(known: string | null, act: () => Promise<{ license_key: string }>): Promise<string | null> {
    try {
      return (await act()).license_key;
    } catch (error) {
      if (error instanceof Refusal && error.is(NotFound)) return null;
      if (error instanceof Refusal && error.is(LicenseRevoked)) return known;
      throw error;
    }
  }
}

const refunded = (order: OrderSnapshot) => ({ gumroad_order_id: order.order_id, reason: 'refunded' });
const disputed = (order: OrderSnapshot) => ({ gumroad_order_id: order.order_id, reason: 'disputed' });
