import type { ORDER_STANDINGS } from '#contracts';
import type { LicenseTerms } from '../products/product-catalog.js';
import type { OrderSnapshot, ProductRef } from '../storefronts/order-snapshot.js';

export type Standing = (typeof ORDER_STANDINGS)[number];

/** What a sale makes: for the years of its product, or until its subscription's charges have paid. */
export interface SoldTerms extends LicenseTerms {
  paid_until?: string;
}

/** What an order comes to, decided from its snapshot alone: neither the past nor an event is looked at. */
export type Decision =
  | { standing: 'paid'; license: 'active'; terms: SoldTerms; copies: number }
  /** Renews the license that the buyer named at the checkout, or makes one of its own when that one is not theirs. */
  | { standing: 'paid'; license: 'renewed'; renews: string; terms: SoldTerms; copies: number }
  | { standing: 'refunded' | 'disputed'; license: 'revoked'; reason: string; copies: number }
  | { standing: 'disputed'; license: 'suspended'; copies: number }
  /** One charge of a subscription: its license is that of the first sale, and decided about there. */
  | { standing: Standing; license: 'shared'; first: string | null; license_key: string | null }
  /** Makes no license and touches none. `parked` says what a person has to do about it, if anything. */
  | { standing: Standing; license: 'untouched'; parked?: string };

/**
 * The one place that decides about single orders.
 * A refund outweighs a dispute, won or not; a partial one changes nothing.
 */
export function decide(order: OrderSnapshot, terms: LicenseTerms | null): Decision {
  if (order.test) return { standing: 'test', license: 'untouched' };
  const copies = copiesOf(order, terms);
  if (order.refund === 'full') return { standing: 'refunded', license: 'revoked', reason: 'refunded', copies };
  if (order.dispute === 'lost') return { standing: 'disputed', license: 'revoked', reason: 'charged back', copies };
  if (order.dispute === 'open') return { standing: 'disputed', license: 'suspended', copies };
  if (order.kind === 'preorder') return { standing: 'unpaid', license: 'untouched' };
  if (makesNone(order, terms)) return { standing: 'paid', license: 'untouched' };
  if (!order.email)
    return { standing: 'paid', license: 'untouched', parked: 'The store tells no address of the buyer.' };
  if (!terms) return { standing: 'unmapped', license: 'untouched', parked: unmapped(order) };
  if (order.renews) return { standing: 'paid', license: 'renewed', renews: order.renews, terms, copies };
  return { standing: 'paid', license: 'active', terms, copies };
}

/** The giver's side of a gift; what came along with a bundle, unless its product is mapped to be licensed there, too. */
function makesNone({ kind }: OrderSnapshot, terms: LicenseTerms | null): boolean {
  return kind === 'gift_sent' || kind === 'renewal' || (kind === 'bundle_part' && terms?.in_bundle !== 'license');
}

export const unmapped = ({ product }: { product: ProductRef }): string =>
  `Product ${named(product)} is mapped to no tier; add it to the products file.`;

const named = ({ permalink, id, variant }: ProductRef): string =>
  `${permalink ?? id ?? '(unnamed)'}${variant ? ` (${variant})` : ''}`;

/** How many licenses an order makes, by the rule of its product (G14). */
export const copiesOf = ({ quantity }: Pick<OrderSnapshot, 'quantity'>, terms: LicenseTerms | null): number =>
  terms?.quantity === 'each' ? Math.min(Math.max(quantity, 1), MOST_COPIES) : 1;

const MOST_COPIES = 100;

/** What each license of an order is minted for: the order itself, and its further pieces by number. */
export const linesOf = (orderId: string, copies: number): string[] =>
  Array.from({ length: copies }, (_, i) => (i === 0 ? orderId : `${orderId}#${i + 1}`));
