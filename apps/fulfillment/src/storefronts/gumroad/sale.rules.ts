import { isoTime } from '../iso-time.rules.js';
import type { OrderSnapshot } from '../order-snapshot.js';
import { wholeOf } from '../signed/json-reader.js';
import type { StoredPing } from '../storefront.js';
import { describePing, readPing, type PingFields } from './ping.rules.js';

type Sale = Readonly<Record<string, unknown>>;

/** Postgres stores no NUL, and no store means one. */
const text = (value: unknown): string | null => {
  const cleaned = typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
  return cleaned === '' ? null : cleaned.slice(0, 1000);
};
const KEY_NAME = /^license[_ ]key$/i;
const LICENSE_KEY = /^[\w-]{8,64}$/;

const MONTHS: Readonly<Record<string, number>> = {
  monthly: 1,
  quarterly: 3,
  biannually: 6,
  yearly: 12,
  every_two_years: 24,
};
/** Months of a recurrence as Gumroad names it; null: it names none. */
export const monthsOf = (recurrence: unknown): number | null =>
  typeof recurrence === 'string' && Object.hasOwn(MONTHS, recurrence) ? MONTHS[recurrence]! : null;

const flag = (value: unknown): boolean => value === true || value === 'true';

function kindOf(sale: Sale): OrderSnapshot['kind'] {
  if (flag(sale['is_preorder_authorization'])) return 'preorder';
  if (flag(sale['recurring_charge']) || flag(sale['is_recurring_charge'])) return 'renewal';
  if (flag(sale['is_gift_sender_purchase'])) return 'gift_sent';
  return flag(sale['is_bundle_product_purchase']) ? 'bundle_part' : 'sale';
}

function refundOf(sale: Sale): OrderSnapshot['refund'] {
  if (flag(sale['refunded'])) return 'full';
  return flag(sale['partially_refunded']) ? 'partial' : 'none';
}

function disputeOf(sale: Sale): OrderSnapshot['dispute'] {
  if (flag(sale['dispute_won'])) return 'won';
  return flag(sale['disputed']) ? 'open' : 'none';
}

/** A sale of Gumroad's API as a snapshot. Members that are absent are as good as false. */
export function saleSnapshot(orderId: string, sale: Sale): OrderSnapshot {
  return {
    order_id: orderId,
    email: text(sale['purchase_email']) ?? text(sale['email']),
    name: text(sale['full_name']),
    product: {
      id: text(sale['product_id']),
      permalink: text(sale['product_permalink']),
      name: text(sale['product_name']),
      variant: variantOf(sale['variants']),
    },
    kind: kindOf(sale),
    refund: refundOf(sale),
    dispute: disputeOf(sale),
    test: text(sale['purchaser_id']) !== null && sale['purchaser_id'] === sale['seller_id'],
    price_cents: wholeOf(sale['price']),
    quantity: wholeOf(sale['quantity']) ?? 1,
    subscription_id: text(sale['subscription_id']),
    sold_at: isoTime(text(sale['created_at'])),
    period_months: monthsOf(sale['subscription_duration']),
    renews: keyIn(sale),
    gift: flag(sale['is_gift_receiver_purchase']),
  };
}

/** `{ Tier: 'Pro', Seats: '5' }`: the values, in the order in which they were chosen. */
function variantOf(variants: unknown): string | null {
  if (typeof variants !== 'object' || variants === null) return text(variants);
  return text(Object.values(variants).filter(isText).join(', '));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The license key that the checkout was opened with, or that the buyer typed into a custom field of that name. */
function keyIn(sale: Sale): string | null {
  for (const member of ['url_params', 'custom_fields']) {
    for (const [name, value] of Object.entries(sale[member] ?? {})) {
      const key = KEY_NAME.test(name) ? text(value) : null;
      if (key && LICENSE_KEY.test(key)) return key;
    }
  }
  return null;
}

/**
 * A snapshot from pings alone, for development without the store's API. What one of them says stays said, so their
 * order plays no part.
 */
export function pingSnapshot(orderId: string, pings: PingFields[]): OrderSnapshot | null {
  const first = pings[0];
  if (!first) return null;
  const said = (name: string): boolean => pings.some((p) => flag(p.get(name)));
  return saleSnapshot(orderId, {
    ...Object.fromEntries(first),
    ...nested(first),
    subscription_duration: first.get('recurrence'),
    product_permalink: first.get('short_product_id') ?? first.get('permalink'),
    refunded: said('refunded'),
    disputed: said('disputed'),
    dispute_won: said('dispute_won'),
    created_at: first.get('sale_timestamp'),
  });
}

/** Members that forms take apart. */
export function nested(fields: PingFields): Record<string, Record<string, string>> {
  const whole: Record<string, Record<string, string>> = { variants: {}, url_params: {}, custom_fields: {} };
  for (const [name, value] of fields) {
    const [, member, key] = /^(variants|url_params|custom_fields)\[([^\]]{1,64})\]$/.exec(name) ?? [];
    if (member && key && key !== '__proto__') whole[member]![key] = value;
  }
  return whole;
}

/** The license key that a checkout was opened with, which pings alone tell. */
export function renewedKey(pings: StoredPing[]): string | null {
  for (const ping of pings) {
    const fields = describePing(ping).kind === 'order' ? readPing(ping) : null;
    const key = fields && keyIn(nested(fields));
    if (key) return key;
  }
  return null;
}
