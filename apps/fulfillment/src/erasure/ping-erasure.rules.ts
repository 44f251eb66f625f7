import { readPing } from '../storefronts/gumroad/ping.rules.js';

/** Members of a ping that tell of the order and of nobody. */
const IMPERSONAL = [
  ...['sale_id', 'resource_name', 'test', 'product_id', 'product_name', 'permalink', 'product_permalink'],
  ...['short_product_id', 'price', 'currency', 'quantity', 'sale_timestamp', 'refunded', 'partially_refunded'],
  ...['disputed', 'dispute_won', 'is_gift_receiver_purchase', 'is_preorder_authorization', 'recurrence'],
  ...['subscription_id', 'is_recurring_charge', 'order_number'],
];

/** A ping as a form, without the person who bought. What no rule could read is gone whole. */
export function withoutPerson(ping: { content_type: string; raw: Buffer }): Buffer {
  const fields = readPing(ping) ?? new Map<string, string>();
  const kept = IMPERSONAL.flatMap((name): [string, string][] => {
    const value = fields.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return Buffer.from(new URLSearchParams(kept).toString());
}
