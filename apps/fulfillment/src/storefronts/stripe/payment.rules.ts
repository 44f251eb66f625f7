import { isoTime } from '../iso-time.rules.js';
import type { OrderSnapshot, ProductRef, SubscriptionSnapshot } from '../order-snapshot.js';
import { refundOf, renewedKey } from '../signed/amount.rules.js';
import { flagAt, idAt, listAt, objectAt, textAt, wholeAt, type JsonObject } from '../signed/json-reader.js';

/** What a dispute comes to; questions of a bank (`warning_…`) have taken no money. */
const DISPUTES = new Map<string | null, OrderSnapshot['dispute']>([
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
]);
const ENDED = new Set(['canceled', 'incomplete_expired']);

const instant = (seconds: number | null): string | null => (seconds === null ? null : isoTime(seconds * 1000));

function productOf(item: JsonObject): ProductRef {
  const price = objectAt(item, 'price');
  return {
    id: idAt(price, 'product'),
    permalink: null,
    name: textAt(item, 'description') ?? textAt(price, 'nickname'),
    variant: textAt(price, 'id'),
  };
}

/** Of several disputes about one charge the one that weighs most: none that was won makes up for one that was lost. */
export const heaviest = (disputes: readonly JsonObject[]): JsonObject | null =>
  [...disputes].sort((a, b) => weightOf(b) - weightOf(a))[0] ?? null;

const WEIGHTS = [undefined, 'won', 'open', 'lost'];
const weightOf = (dispute: JsonObject): number => WEIGHTS.indexOf(DISPUTES.get(textAt(dispute, 'status')));

/** What the charge tells of a payment; one that nothing was charged for can have been neither refunded nor disputed. */
export interface Payment {
  charge: JsonObject;
  dispute: JsonObject | null;
}

/** Refunds are told cumulatively; nothing but their sum says how much is gone. */
function moneyOf({ charge, dispute }: Payment) {
  const captured = wholeAt(charge, 'amount_captured') ?? wholeAt(charge, 'amount');
  return {
    refund: refundOf(captured, wholeAt(charge, 'amount_refunded')),
    dispute: (dispute && DISPUTES.get(textAt(dispute, 'status'))) ?? ('none' as const),
  };
}

/**
 * A purchase at the checkout.
 * @param session empty: the payment came about otherwise, and nobody knows for what
 */
export function checkoutSnapshot(
  order_id: string,
  session: JsonObject,
  payment: Payment,
  paid: boolean,
): OrderSnapshot {
  const [item = {}] = listAt(objectAt(session, 'line_items'), 'data');
  const buyer = objectAt(session, 'customer_details');
  const billing = objectAt(payment.charge, 'billing_details');
  const live = flagAt(session, 'livemode') || flagAt(payment.charge, 'livemode');
  return {
    ...moneyOf(payment),
    order_id,
    email: textAt(buyer, 'email') ?? textAt(billing, 'email') ?? textAt(payment.charge, 'receipt_email'),
    name: textAt(buyer, 'name') ?? textAt(billing, 'name'),
    product: productOf(item),
    kind: paid ? 'sale' : 'preorder',
    test: !live,
    price_cents: wholeAt(payment.charge, 'amount') ?? wholeAt(session, 'amount_total'),
    quantity: wholeAt(item, 'quantity') ?? 1,
    subscription_id: null,
    sold_at: instant(wholeAt(session, 'created') ?? wholeAt(payment.charge, 'created')),
    renews: renewedKey(textAt(objectAt(session, 'metadata'), 'renews')),
  };
}

/** The first invoice of a subscription is its sale, and so is one that a person wrote. */
function kindOf(invoice: JsonObject): OrderSnapshot['kind'] {
  if (textAt(invoice, 'status') !== 'paid') return 'preorder';
  const first = ['subscription_create', 'manual'].includes(textAt(invoice, 'billing_reason') ?? '');
  return first ? 'sale' : 'renewal';
}

/** A charge of a subscription. */
export function invoiceSnapshot(
  invoice: JsonObject,
  payment: Payment,
  subscription: SubscriptionSnapshot | null,
): OrderSnapshot {
  const lines = listAt(objectAt(invoice, 'lines'), 'data');
  // A change of plan has lines that give back and charge again for days gone by.
  const line = lines.find((l) => !flagAt(l, 'proration')) ?? lines.at(-1) ?? {};
  const ends = lines.flatMap((l) => wholeAt(objectAt(l, 'period'), 'end') ?? []);
  const details = objectAt(invoice, 'subscription_details', 'metadata');
  return {
    ...moneyOf(payment),
    order_id: textAt(invoice, 'id') ?? '',
    email: textAt(invoice, 'customer_email'),
    name: textAt(invoice, 'customer_name'),
    product: productOf(line),
    kind: kindOf(invoice),
    test: !flagAt(invoice, 'livemode'),
    price_cents: wholeAt(invoice, 'amount_paid'),
    quantity: wholeAt(line, 'quantity') ?? 1,
    subscription_id: idAt(invoice, 'subscription'),
    sold_at: instant(wholeAt(invoice, 'created')),
    subscription,
    paid_until: subscription && ends.length ? instant(Math.max(...ends)) : null,
    renews: renewedKey(textAt(details, 'renews')),
  };
}

/** @param order_ids its paid invoices */
export function subscriptionSnapshot(subscription: JsonObject, order_ids: string[]): SubscriptionSnapshot {
  const ended = ENDED.has(textAt(subscription, 'status') ?? '');
  const [item] = listAt(objectAt(subscription, 'items'), 'data');
  const period = wholeAt(subscription, 'current_period_end') ?? (item ? wholeAt(item, 'current_period_end') : null);
  const atPeriodEnd = flagAt(subscription, 'cancel_at_period_end') ? period : null;
  const leaving = wholeAt(subscription, 'cancel_at') ?? atPeriodEnd;
  return {
    id: textAt(subscription, 'id') ?? '',
    state: ended ? 'ended' : leaving !== null ? 'cancelled' : 'active',
    access_until: instant(ended ? wholeAt(subscription, 'ended_at') : leaving),
    product: item ? productOf(item) : null,
    order_ids,
  };
}
