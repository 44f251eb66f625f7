import { lemonSqueezyName } from '#contracts';
import type { OrderSnapshot, ProductRef, SubscriptionSnapshot } from '../order-snapshot.js';
import { refundOf } from '../signed/amount.rules.js';
import { flagAt, objectAt, textAt, timeAt, wholeAt, type JsonObject } from '../signed/json-reader.js';

/** A resource of their JSON:API. */
export interface Resource {
  id: string;
  attributes: JsonObject;
}

export function resourceIn(data: JsonObject): Resource {
  return { id: textAt(data, 'id') ?? '', attributes: objectAt(data, 'attributes') };
}

const productOf = (item: JsonObject): ProductRef => ({
  id: textAt(item, 'product_id'),
  permalink: null,
  name: textAt(item, 'product_name'),
  variant: textAt(item, 'variant_id'),
});

/** What was given back; without amounts, which old orders lack, the flag tells. */
function refund(attributes: JsonObject): OrderSnapshot['refund'] {
  const given = wholeAt(attributes, 'refunded_amount');
  if (given === null && flagAt(attributes, 'refunded')) return 'full';
  return refundOf(wholeAt(attributes, 'total'), given);
}

/** What orders and invoices tell alike. */
function paymentOf(attributes: JsonObject) {
  return {
    email: textAt(attributes, 'user_email'),
    name: textAt(attributes, 'user_name'),
    refund: refund(attributes),
    // Lemon Squeezy knows no disputes; what it found fraudulent waits for a person.
    dispute: textAt(attributes, 'status') === 'fraudulent' ? ('open' as const) : ('none' as const),
    test: flagAt(attributes, 'test_mode'),
    price_cents: wholeAt(attributes, 'total_usd') ?? wholeAt(attributes, 'total'),
    sold_at: timeAt(attributes, 'created_at'),
  };
}

const isUnpaid = (attributes: JsonObject): boolean =>
  ['pending', 'failed', 'void'].includes(textAt(attributes, 'status') ?? 'pending');

/** A first or only purchase. */
export function orderSnapshot({ id, attributes }: Resource, subscription: SubscriptionSnapshot | null): OrderSnapshot {
  const item = objectAt(attributes, 'first_order_item');
  return {
    ...paymentOf(attributes),
    order_id: lemonSqueezyName('order', id),
    product: productOf(item),
    kind: isUnpaid(attributes) ? 'preorder' : 'sale',
    quantity: wholeAt(item, 'quantity') ?? 1,
    subscription_id: subscription?.id ?? null,
    subscription,
  };
}

/** A later charge of a subscription. */
export function invoiceSnapshot(invoice: Resource, subscription: Resource, order_ids: string[]): OrderSnapshot {
  return {
    ...paymentOf(invoice.attributes),
    order_id: lemonSqueezyName('invoice', invoice.id),
    product: productOf(subscription.attributes),
    kind: isUnpaid(invoice.attributes) ? 'preorder' : 'renewal',
    quantity: wholeAt(objectAt(subscription.attributes, 'first_subscription_item'), 'quantity') ?? 1,
    subscription_id: subscription.id,
    subscription: subscriptionSnapshot(subscription, order_ids),
  };
}

function stateOf(attributes: JsonObject): SubscriptionSnapshot['state'] {
  if (textAt(attributes, 'status') === 'expired') return 'ended';
  return flagAt(attributes, 'cancelled') ? 'cancelled' : 'active';
}

/** A subscription; `ends_at` is told of those that were cancelled or have expired. */
export function subscriptionSnapshot(subscription: Resource, order_ids: string[]): SubscriptionSnapshot {
  const state = stateOf(subscription.attributes);
  return {
    id: subscription.id,
    state,
    access_until: state === 'active' ? null : textAt(subscription.attributes, 'ends_at'),
    product: productOf(subscription.attributes),
    order_ids,
  };
}
