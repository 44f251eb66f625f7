import type { SubscriptionSnapshot } from '../order-snapshot.js';

type Subscriber = Readonly<Record<string, unknown>>;

/** Statuses of subscriptions that are over. */
const OVER = new Set(['cancelled', 'failed_payment', 'fixed_subscription_period_ended']);
const MOST_ORDERS = 500;

const time = (value: unknown): string | null =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : null;

/**
 * A subscriber of Gumroad's API. `cancelled_at` is when access ends, not when somebody pressed the button; a status
 * tells whether that has come. What it is for, its charges tell.
 */
export function subscriptionSnapshot(id: string, subscriber: Subscriber): SubscriptionSnapshot {
  const { status, purchase_ids } = subscriber;
  const [ended, failed, cancelled] = ['ended_at', 'failed_at', 'cancelled_at'].map((name) => time(subscriber[name]));
  const over = ended ?? failed ?? null;
  const isOver = typeof status === 'string' ? OVER.has(status) : over !== null;
  const ids = Array.isArray(purchase_ids) ? purchase_ids.filter((p) => typeof p === 'string') : [];
  return {
    id,
    state: isOver ? 'ended' : cancelled ? 'cancelled' : 'active',
    access_until: (isOver ? over : null) ?? cancelled ?? null,
    product: null,
    order_ids: ids.slice(0, MOST_ORDERS),
  };
}
