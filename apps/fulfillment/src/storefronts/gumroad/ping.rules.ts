import type { PingDescription, StoredPing } from '../storefront.js';

/** Notifications that tell of one order. */
const ORDER_RESOURCES = new Set(['sale', 'refund', 'dispute', 'dispute_won']);
/** Notifications that tell of a subscription, which names its orders. */
const SUBSCRIPTION_RESOURCES = new Set([
  'cancellation',
  'subscription_updated',
  'subscription_ended',
  'subscription_restarted',
]);
const RESOURCE = /^[a-z_]{1,64}$/;
/** Gumroad's ids: URL-safe base64, with padding. */
const SALE_ID = /^[\w-]{1,180}={0,2}$/;

export const isSaleId = (id: unknown): boolean => typeof id === 'string' && SALE_ID.test(id);

/** The members of a ping by name, nested ones as forms name them. */
export type PingFields = ReadonlyMap<string, string>;

/** Reads a ping's body, form or JSON whatever its content type says. Never throws; null: neither of both. */
export function readPing({ raw }: StoredPing): PingFields | null {
  const text = raw
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return null;
  return text.startsWith('{') ? readJson(text) : new Map(new URLSearchParams(text));
}

function readJson(text: string): PingFields | null {
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, unknown>).flatMap(plainMembers));
  } catch {
    return null;
  }
}

/** A nested member has the name that it has in a form: `variants[Tier]`, `purchase_ids[0]`. Nothing is nested deeper. */
function plainMembers([name, value]: [string, unknown]): [string, string][] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  const inner = Object.entries(value).filter(([, v]) => v !== null && typeof v !== 'object');
  return inner.map(([key, v]) => [`${name}[${key}]`, String(v)]);
}

/** One of the orders of a subscription; which one does not matter, since all of them lead to the rest. */
function purchaseIn(fields: PingFields): string | null {
  for (const [name, value] of fields) if (/^purchase_ids\[\d*\]$/.test(name) && SALE_ID.test(value)) return value;
  return null;
}

/** What a ping is about. A test ping is a real sale sent again, told by `test` or by having no `resource_name`. */
export function describePing(ping: StoredPing): PingDescription {
  const fields = readPing(ping);
  if (!fields) return { kind: 'not_understood', resource: null, why: 'The body is neither a form nor a JSON object.' };
  const named = fields.get('resource_name') ?? '';
  const resource = RESOURCE.test(named) ? named : null;
  const sale = fields.get('sale_id') ?? '';
  const order_id = SALE_ID.test(sale) ? sale : null;
  if (fields.get('test') === 'true' || (named === '' && order_id)) return { kind: 'test', order_id, resource };
  if (resource && SUBSCRIPTION_RESOURCES.has(resource)) return ofSubscription(resource, fields);
  if (!resource || !ORDER_RESOURCES.has(resource)) {
    const why = resource ? `No rule reads ${resource}; it tells of no single order.` : 'It names no known resource.';
    return { kind: 'not_understood', resource, why };
  }
  if (!order_id) return { kind: 'not_understood', resource, why: 'It has no sale_id that could be one.' };
  return { kind: 'order', order_id, resource };
}

function ofSubscription(resource: string, fields: PingFields): PingDescription {
  const order_id = purchaseIn(fields);
  if (!order_id) return { kind: 'not_understood', resource, why: 'It names no purchase of its subscription.' };
  return { kind: 'order', order_id, resource };
}
