import { readObject, textAt } from '../storefronts/signed/json-reader.js';
import type { PingDescription, StoredPing } from '../storefronts/storefront.js';

/** What no ping has told is kept in a form of our own, the same for every store. */
const RECONCILED = 'application/vnd.gatehouse.reconciled+json';

/** Stands in the inbox for the ping that never came. */
export const reconciledPing = (order_id: string): StoredPing => ({
  content_type: RECONCILED,
  raw: Buffer.from(JSON.stringify({ order_id })),
});

export const reconciled = (order_id: string): PingDescription => ({ kind: 'order', order_id, resource: 'reconciled' });

/** Null: it came from a store, which knows how to read it. */
export function describeReconciled({ content_type, raw }: StoredPing): PingDescription | null {
  if (content_type !== RECONCILED) return null;
  const order_id = textAt(readObject(raw) ?? {}, 'order_id');
  return order_id ? reconciled(order_id) : null;
}
