import { createHash } from 'node:crypto';
import { lemonSqueezyName, type LemonSqueezyThing } from '#contracts';
import type { PingDescription, StoredPing } from '../storefront.js';
import { flagAt, objectAt, readObject, textAt, type JsonObject } from '../signed/json-reader.js';

const ORDER_ID = /^lemonsqueezy-(order|invoice|subscription)-(\d{1,18})$/;
/** Type of the thing that an event is about. */
const THINGS: Readonly<Record<string, LemonSqueezyThing>> = {
  orders: 'order',
  'subscription-invoices': 'invoice',
  subscriptions: 'subscription',
};
/** Events after which the order, as the store tells of it, may be another. */
const RELEVANT = new Set([
  ...['order_created', 'order_refunded'],
  ...['subscription_payment_success', 'subscription_payment_recovered', 'subscription_payment_refunded'],
  ...['subscription_updated', 'subscription_cancelled', 'subscription_resumed', 'subscription_expired'],
  ...['subscription_paused', 'subscription_unpaused', 'subscription_plan_changed'],
]);
const EVENT_NAME = /^[a-z_]{1,64}$/;

/** Takes an order id of ours apart; null: it is none. */
export function readOrderId(text: string): { thing: LemonSqueezyThing; id: string } | null {
  const [, thing, id] = ORDER_ID.exec(text) ?? [];
  return thing && id ? { thing: thing as LemonSqueezyThing, id } : null;
}

/** Lemon Squeezy names no event, and sends the same bytes when it tries again: so the bytes are the name. */
const nameOf = (raw: Buffer): string => createHash('sha256').update(raw).digest('hex');

/** What a webhook of Lemon Squeezy is about. Never throws. */
export function describeWebhook({ raw }: StoredPing): PingDescription {
  const event_id = nameOf(raw);
  const body = readObject(raw);
  if (!body) return { kind: 'not_understood', resource: null, why: 'The body is no JSON object.', event_id };
  const name = textAt(objectAt(body, 'meta'), 'event_name') ?? '';
  const resource = EVENT_NAME.test(name) ? name : null;
  if (!resource) return { kind: 'not_understood', resource, why: 'It names no event.', event_id };
  if (!RELEVANT.has(resource)) return { kind: 'irrelevant', resource, event_id };
  const order_id = subjectOf(objectAt(body, 'data'));
  if (isTest(body)) return { kind: 'test', order_id, resource, event_id };
  if (!order_id)
    return { kind: 'not_understood', resource, why: 'Its data names no order, invoice or subscription.', event_id };
  return { kind: 'order', order_id, resource, event_id };
}

function subjectOf(data: JsonObject): string | null {
  const thing = THINGS[textAt(data, 'type') ?? ''];
  const named = thing ? lemonSqueezyName(thing, textAt(data, 'id') ?? '') : '';
  return readOrderId(named) ? named : null;
}

const isTest = (body: JsonObject): boolean =>
  flagAt(objectAt(body, 'meta'), 'test_mode') || flagAt(objectAt(body, 'data', 'attributes'), 'test_mode');

/** What the checkout handed through under a name; the API does not tell it again. */
export function customData(ping: StoredPing, name: string): string | null {
  return textAt(objectAt(readObject(ping.raw) ?? {}, 'meta', 'custom_data'), name);
}
