import type { OrderSnapshot, ProductRef, SubscriptionSnapshot } from '../order-snapshot.js';
import { refundOf, renewedKey } from '../signed/amount.rules.js';
import { listAt, objectAt, textAt, timeAt, wholeAt, type JsonObject } from '../signed/json-reader.js';

const PAID = new Set(['completed', 'paid']);
/** Charges that Paddle makes by itself or for a change of plan. What is charged once along with one is a sale. */
const RENEWALS = new Set(['subscription_recurring', 'subscription_update']);

function productOf(item: JsonObject): ProductRef {
  const price = objectAt(item, 'price');
  const product = objectAt(item, 'product');
  return {
    id: textAt(price, 'product_id') ?? textAt(product, 'id'),
    permalink: null,
    name: textAt(product, 'name') ?? textAt(price, 'name') ?? textAt(price, 'description'),
    variant: textAt(price, 'id') ?? textAt(item, 'price_id'),
  };
}

/** A transaction that was never completed, or is for a new card, pays for nothing. */
function kindOf(transaction: JsonObject): OrderSnapshot['kind'] {
  const origin = textAt(transaction, 'origin') ?? '';
  if (!PAID.has(textAt(transaction, 'status') ?? '')) return 'preorder';
  if (origin === 'subscription_payment_method_change') return 'preorder';
  return RENEWALS.has(origin) ? 'renewal' : 'sale';
}

/** Adjustments that Paddle has approved; the others have changed nothing (yet). */
const approved = (transaction: JsonObject): JsonObject[] =>
  listAt(transaction, 'adjustments').filter((a) => textAt(a, 'status') === 'approved');

const totalOf = (of: JsonObject): number | null => wholeAt(objectAt(of, 'totals'), 'total');

function refund(transaction: JsonObject): OrderSnapshot['refund'] {
  const refunds = approved(transaction).filter((a) => textAt(a, 'action') === 'refund');
  if (refunds.some((a) => textAt(a, 'type') === 'full')) return 'full';
  const given = refunds.reduce((sum, a) => sum + (totalOf(a) ?? 0), 0);
  return refundOf(totalOf(objectAt(transaction, 'details')), given);
}

/** As many were turned back as there were: won. Of lost ones Paddle tells nothing; they stay open. */
function dispute(transaction: JsonObject): OrderSnapshot['dispute'] {
  const count = (action: string) => approved(transaction).filter((a) => textAt(a, 'action') === action).length;
  const raised = count('chargeback');
  if (raised === 0) return 'none';
  return count('chargeback_reverse') >= raised ? 'won' : 'open';
}

/** @param test the API is the sandbox's, whose buyers pay nothing */
export function transactionSnapshot(
  transaction: JsonObject,
  subscription: SubscriptionSnapshot | null,
  test: boolean,
): OrderSnapshot {
  const [item = {}] = listAt(transaction, 'items');
  const customer = objectAt(transaction, 'customer');
  const once = textAt(transaction, 'origin') === 'subscription_charge';
  return {
    order_id: textAt(transaction, 'id') ?? '',
    email: textAt(customer, 'email'),
    name: textAt(customer, 'name'),
    product: productOf(item),
    kind: kindOf(transaction),
    refund: refund(transaction),
    dispute: dispute(transaction),
    test,
    price_cents: totalOf(objectAt(transaction, 'details')),
    quantity: wholeAt(item, 'quantity') ?? 1,
    subscription_id: once ? null : textAt(transaction, 'subscription_id'),
    sold_at: timeAt(transaction, 'billed_at') ?? timeAt(transaction, 'created_at'),
    subscription: once ? null : subscription,
    paid_until: once ? null : textAt(objectAt(transaction, 'billing_period'), 'ends_at'),
    renews: renewedKey(textAt(objectAt(transaction, 'custom_data'), 'renews')),
  };
}

/** Whether a transaction is the one that its subscription began with. */
export const isFirstSale = (transaction: JsonObject): boolean =>
  kindOf(transaction) === 'sale' && textAt(transaction, 'origin') !== 'subscription_charge';

/** @param order_ids its transactions, as far as they were paid */
export function subscriptionSnapshot(subscription: JsonObject, order_ids: string[]): SubscriptionSnapshot {
  const ended = textAt(subscription, 'status') === 'canceled';
  const change = objectAt(subscription, 'scheduled_change');
  const leaving = textAt(change, 'action') === 'cancel' ? textAt(change, 'effective_at') : null;
  const [item] = listAt(subscription, 'items');
  return {
    id: textAt(subscription, 'id') ?? '',
    state: ended ? 'ended' : leaving ? 'cancelled' : 'active',
    access_until: ended ? textAt(subscription, 'canceled_at') : leaving,
    product: item ? productOf(item) : null,
    order_ids,
  };
}
