import type { LicenseTerms } from '../products/product-catalog.js';
import type { OrderSnapshot, ProductRef } from '../storefronts/order-snapshot.js';
import { copiesOf, unmapped, type Decision } from './orders.rules.js';
import { endOfAccess, inOrder, paidUntil, type Charge } from './paid-period.rules.js';

export type TermsOf = (product: ProductRef) => LicenseTerms | null;

const MONTHS = 12;

const isCharge = (order: OrderSnapshot): boolean => (order.kind === 'sale' || order.kind === 'renewal') && !order.test;
const isKept = (order: OrderSnapshot): boolean => order.refund !== 'full' && order.dispute !== 'lost';

/**
 * What a subscription comes to: all of its charges together make one license, which is that of its first sale.
 * @param first the first sale, whose store was just asked
 * @param others its later charges, in any order
 */
export function decideSubscription(first: OrderSnapshot, others: readonly OrderSnapshot[], termsOf: TermsOf): Decision {
  const charges = inOrder([first, ...others].filter(isCharge));
  const kept = charges.filter(isKept);
  const latest = kept.at(-1);
  const copies = copiesOf(first, termsOf(first.product));
  if (!latest) return nothingKept(charges, copies);
  if (kept.some((order) => order.dispute === 'open')) return { standing: 'disputed', license: 'suspended', copies };
  if (!first.email) {
    return { standing: 'paid', license: 'untouched', parked: 'The store tells no address of the buyer.' };
  }
  const product = first.subscription?.product ?? latest.product;
  const terms = termsOf(product);
  if (!terms) return { standing: 'unmapped', license: 'untouched', parked: unmapped({ product }) };
  const paid = paidUntil(kept.map((order) => chargeOf(order, terms, termsOf)));
  if (!paid) return { standing: 'paid', license: 'active', terms, copies };
  const until = endOfAccess(paid, first.subscription);
  return { standing: 'paid', license: 'active', terms: { ...terms, paid_until: until.toISOString() }, copies };
}

/** Nothing that was paid was kept. */
function nothingKept(charges: readonly OrderSnapshot[], copies: number): Decision {
  if (charges.length === 0) return { standing: 'test', license: 'untouched' };
  const lost = charges.every((order) => order.dispute === 'lost');
  return lost
    ? { standing: 'disputed', license: 'revoked', reason: 'charged back', copies }
    : { standing: 'refunded', license: 'revoked', reason: 'refunded', copies };
}

function chargeOf(order: OrderSnapshot, current: LicenseTerms, termsOf: TermsOf): Charge {
  const own = termsOf(order.product) ?? current;
  return { order, tier: own.tier, months: order.period_months ?? own.years * MONTHS };
}

/** What is kept about one charge of a subscription; its license is decided about with the first sale. */
export function standingOfCharge(order: OrderSnapshot): Decision['standing'] {
  if (order.test) return 'test';
  if (order.refund === 'full') return 'refunded';
  return order.dispute === 'open' || order.dispute === 'lost' ? 'disputed' : 'paid';
}
