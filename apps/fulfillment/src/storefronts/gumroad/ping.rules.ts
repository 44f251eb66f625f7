import type { PingDescription, StoredPing } from '../storefront.js';

/** Notifications that tell of one order. */
const ORDER_RESOURCES = new Set(['sale', 'refund', 'dispute', 'dispute_won']);
const RESOURCE = /^[a-z_]{1,64}$/;
/** Gumroad's ids: URL-safe base64, with padding. */
const SALE_ID = /^[\w-]{1,180}={0,2}$/;

/** The members of a ping that are plain text, by name. Nested ones are nobody's business here. */
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
    const members = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return new Map(members.filter(([, v]) => v !== null && typeof v !== 'object').map(([k, v]) => [k, String(v)]));
  } catch {
    return null;
  }
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
  if (!resource || !ORDER_RESOURCES.has(resource)) {
    const why = resource ? `No rule reads ${resource}; it tells of no single order.` : 'It names no known resource.';
    return { kind: 'not_understood', resource, why };
  }
  if (!order_id) return { kind: 'not_understood', resource, why: 'It has no sale_id that could be one.' };
  return { kind: 'order', order_id, resource };
}
