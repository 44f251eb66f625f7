import type { OrderSnapshot, SubscriptionSnapshot } from '../storefronts/order-snapshot.js';

/** Of two ends so close together the later one counts: stores and calendars do not agree to the hour. */
const SAME_END_MS = 36 * 3_600_000;

/** A charge of a subscription that was paid and not given back. */
export interface Charge {
  order: OrderSnapshot;
  tier: string;
  months: number;
}

/** The same day of a later month; where it has no such day, its last one. */
export function addMonths(time: Date, months: number): Date {
  const later = new Date(time);
  later.setUTCMonth(time.getUTCMonth() + months);
  if (later.getUTCDate() !== time.getUTCDate()) later.setUTCDate(0);
  return later;
}

const timeOf = (text: string | null | undefined): Date | null => {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? null : time;
};

/** Charges in the order in which they were made; of one moment, the first sale comes first and ids decide the rest. */
export function inOrder(orders: readonly OrderSnapshot[]): OrderSnapshot[] {
  const at = ({ sold_at }: OrderSnapshot): number => timeOf(sold_at)?.getTime() ?? 0;
  const name = ({ kind, order_id }: OrderSnapshot): string => `${kind === 'sale' ? 0 : 1} ${order_id}`;
  return [...orders].sort((a, b) => at(a) - at(b) || (name(a) < name(b) ? -1 : 1));
}

/**
 * Until when charges have paid, whatever order they were heard of in; null: no store told when they were made.
 * A charge continues the period before it, or begins anew after a pause; one for another tier begins anew at once,
 * because the store has set off what was left.
 */
export function paidUntil(charges: readonly Charge[]): Date | null {
  let until: Date | null = null;
  let tier = charges[0]?.tier;
  for (const charge of charges) {
    until = untilWith(charge, until, charge.tier !== tier);
    tier = charge.tier;
  }
  return until;
}

function untilWith({ order, months }: Charge, until: Date | null, anew: boolean): Date | null {
  const told = timeOf(order.paid_until);
  if (told) return until && until > told ? until : told;
  const sold = timeOf(order.sold_at);
  if (!sold) return until && addMonths(until, months);
  const from = until && until > sold && !anew ? until : sold;
  return addMonths(from, months);
}

/** A cancelled subscription keeps what is paid; one that has ended is over when it ended. */
export function endOfAccess(paid: Date, subscription: SubscriptionSnapshot | null | undefined): Date {
  const told = subscription && subscription.state !== 'active' ? timeOf(subscription.access_until) : null;
  if (!told || told >= paid) return paid;
  const close = paid.getTime() - told.getTime() <= SAME_END_MS;
  return subscription!.state === 'cancelled' && close ? paid : told;
}
