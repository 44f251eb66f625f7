import type { Sale } from './sale.js';

const MONTHS: Record<string, number> = { monthly: 1, quarterly: 3, biannually: 6, yearly: 12, every_two_years: 24 };

/** What the next charge is for, once a downgrade was asked for. */
export type Plan = Pick<Sale, 'permalink' | 'product_id' | 'product_name' | 'price' | 'variants'>;

/** A subscription in the shop's books. */
export interface Subscriber {
  id: string;
  created_at: string;
  recurrence: string;
  sales: Sale[];
  /** When access ends, as Gumroad means it: not when the button was pressed. */
  cancelled_at?: string;
  failed_at?: string;
  restarted_at?: string;
  next_plan?: Plan;
}

export const newSubscriber = (first: Sale): Subscriber => ({
  id: first.subscription_id!,
  created_at: first.created_at,
  recurrence: first.recurrence ?? 'yearly',
  sales: [],
});

/** Until when the charges that were not given back have paid. */
export function paidUntil({ sales, recurrence, created_at }: Subscriber): Date {
  const until = new Date(created_at);
  const kept = sales.filter((sale) => !sale.refunded).length;
  until.setUTCMonth(until.getUTCMonth() + kept * (MONTHS[recurrence] ?? 12));
  return until;
}

function statusOf({ cancelled_at, failed_at }: Subscriber, now: Date): string {
  if (failed_at) return 'failed_payment';
  if (!cancelled_at) return 'alive';
  return new Date(cancelled_at) <= now ? 'cancelled' : 'pending_cancellation';
}

/** A subscriber in an answer of Gumroad's API v2. */
export function subscriberForApi(subscriber: Subscriber, now = new Date()): Record<string, unknown> {
  const first = subscriber.sales[0]!;
  return {
    id: subscriber.id,
    product_id: first.product_id,
    product_name: first.product_name,
    user_email: first.email,
    purchase_ids: subscriber.sales.map((sale) => sale.id),
    created_at: subscriber.created_at,
    charge_occurrence_count: null,
    recurrence: subscriber.recurrence,
    cancelled_at: subscriber.cancelled_at ?? null,
    ended_at: null,
    failed_at: subscriber.failed_at ?? null,
    free_trial_ends_at: null,
    status: statusOf(subscriber, now),
  };
}

/** The body of a ping about a subscription: it names purchases, never one sale. */
export function subscriberForPing(subscriber: Subscriber, resource: string): Record<string, unknown> {
  const first = subscriber.sales[0]!;
  const { cancelled_at, failed_at, restarted_at, next_plan } = subscriber;
  return {
    subscription_id: subscriber.id,
    product_id: first.product_id,
    product_name: first.product_name,
    user_email: first.email,
    purchase_ids: subscriber.sales.map((sale) => sale.id),
    created_at: subscriber.created_at,
    recurrence: subscriber.recurrence,
    ...(resource === 'cancellation' && { cancelled: true, cancelled_at, cancelled_by_buyer: true }),
    ...(resource === 'subscription_ended' && {
      ended_at: failed_at ?? cancelled_at,
      ended_reason: failed_at ? 'failed_payment' : 'cancelled',
    }),
    ...(resource === 'subscription_restarted' && { restarted_at }),
    ...(resource === 'subscription_updated' && {
      type: next_plan ? 'downgrade' : 'upgrade',
      effective_as_of: next_plan ? paidUntil(subscriber).toISOString() : subscriber.sales.at(-1)!.created_at,
    }),
    resource_name: resource,
  };
}
