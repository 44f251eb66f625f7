import type { LicenseTerms } from '../products/product-catalog.js';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';

export type Standing = 'paid' | 'unpaid' | 'refunded' | 'disputed' | 'test' | 'unmapped';

/** What an order comes to, decided from its snapshot alone: neither the past nor an event is looked at. */
export type Decision =
  | { standing: 'paid'; license: 'active'; terms: LicenseTerms }
  | { standing: 'refunded'; license: 'revoked' }
  | { standing: 'disputed'; license: 'suspended' }
  /** Makes no license and touches none. `parked` says what a person has to do about it, if anything. */
  | { standing: Standing; license: 'untouched'; parked?: string };

/**
 * The one place that decides about orders.
 * A refund outweighs a dispute, won or not; a partial one changes nothing.
 */
export function decide(order: OrderSnapshot, terms: LicenseTerms | null): Decision {
  if (order.test) return { standing: 'test', license: 'untouched' };
  if (order.refund === 'full') return { standing: 'refunded', license: 'revoked' };
  if (order.dispute === 'open') return { standing: 'disputed', license: 'suspended' };
  if (order.kind === 'preorder') return { standing: 'unpaid', license: 'untouched' };
  if (order.kind === 'gift_sent') return { standing: 'paid', license: 'untouched' };
  if (order.kind === 'renewal') {
    const parked = `A renewal of subscription ${order.subscription_id ?? '(unnamed)'}; no rule extends licenses by one.`;
    return { standing: 'paid', license: 'untouched', parked };
  }
  if (!order.email)
    return { standing: 'paid', license: 'untouched', parked: 'The store tells no address of the buyer.' };
  if (!terms) return { standing: 'unmapped', license: 'untouched', parked: unmapped(order) };
  return { standing: 'paid', license: 'active', terms };
}

const unmapped = ({ product }: OrderSnapshot): string =>
  `Product ${product.permalink ?? product.id ?? '(unnamed)'} is mapped to no tier; add it to the products file.`;
