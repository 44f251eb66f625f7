import type { OrderSnapshot } from '../order-snapshot.js';
import type { PingFields } from './ping.rules.js';

type Sale = Readonly<Record<string, unknown>>;

/** Postgres stores no NUL, and no store means one. */
const text = (value: unknown): string | null => {
  const cleaned = typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
  return cleaned === '' ? null : cleaned.slice(0, 1000);
};
const whole = (value: unknown): number | null => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : null;
};
const flag = (value: unknown): boolean => value === true || value === 'true';

function kindOf(sale: Sale): OrderSnapshot['kind'] {
  if (flag(sale['is_preorder_authorization'])) return 'preorder';
  if (flag(sale['recurring_charge']) || flag(sale['is_recurring_charge'])) return 'renewal';
  return flag(sale['is_gift_sender_purchase']) ? 'gift_sent' : 'sale';
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
    },
    kind: kindOf(sale),
    refund: refundOf(sale),
    dispute: disputeOf(sale),
    test: text(sale['purchaser_id']) !== null && sale['purchaser_id'] === sale['seller_id'],
    price_cents: whole(sale['price']),
    quantity: whole(sale['quantity']) ?? 1,
    subscription_id: text(sale['subscription_id']),
    sold_at: text(sale['created_at']),
  };
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
    product_permalink: first.get('short_product_id') ?? first.get('permalink'),
    refunded: said('refunded'),
    disputed: said('disputed'),
    dispute_won: said('dispute_won'),
    created_at: first.get('sale_timestamp'),
  });
}
