import { listAt, objectAt, readObject, textAt, type JsonObject } from '../signed/json-reader.js';
import { headerMembers, isSigned, isTimely } from '../signed/signature.rules.js';
import type { Credentials, PingDescription, StoredPing } from '../storefront.js';

const TRANSACTION = /^txn_[a-z0-9]{8,64}$/;
const SUBSCRIPTION = /^sub_[a-z0-9]{8,64}$/;
const EVENT_TYPE = /^[a-z_.]{1,64}$/;
const EVENT_ID = /^[\w-]{1,128}$/;

/** By event type: the member of its data that names what is looked at. */
const SUBJECTS: Readonly<Record<string, string>> = {
  'transaction.completed': 'id',
  'adjustment.created': 'transaction_id',
  'adjustment.updated': 'transaction_id',
  'subscription.updated': 'id',
  'subscription.canceled': 'id',
  'subscription.paused': 'id',
  'subscription.resumed': 'id',
};

export const isTransaction = (id: string): boolean => TRANSACTION.test(id);
export const isSubscription = (id: string): boolean => SUBSCRIPTION.test(id);

/** `ts=…;h1=…`, several `h1` while secrets change, over `ts:body`. */
export function isPaddleSignature({ signature, raw }: Credentials, secrets: readonly string[], nowMs: number): boolean {
  const members = headerMembers(signature ?? '', ';');
  const [ts = ''] = members.get('ts') ?? [];
  const signed = isSigned(members.get('h1') ?? [], [`${ts}:`, raw], secrets);
  return signed && isTimely(ts, nowMs / 1000);
}

/** What a notification of Paddle is about. Never throws. */
export function describeNotification({ raw }: StoredPing): PingDescription {
  const body = readObject(raw);
  if (!body) return { kind: 'not_understood', resource: null, why: 'The body is no JSON object.' };
  const type = textAt(body, 'event_type') ?? '';
  const resource = EVENT_TYPE.test(type) ? type : null;
  const name = nameOf(body);
  if (!resource) return { kind: 'not_understood', resource, why: 'It names no event.', ...name };
  if (!Object.hasOwn(SUBJECTS, resource)) return { kind: 'irrelevant', resource, ...name };
  const order_id = textAt(objectAt(body, 'data'), SUBJECTS[resource]!) ?? '';
  if (isTransaction(order_id) || isSubscription(order_id)) return { kind: 'order', order_id, resource, ...name };
  return { kind: 'not_understood', resource, why: 'Its data names no transaction or subscription.', ...name };
}

function nameOf(body: JsonObject): { event_id?: string } {
  const event_id = textAt(body, 'event_id') ?? '';
  return EVENT_ID.test(event_id) ? { event_id } : {};
}

/** Event types that an active destination of the account sends. */
export const subscribedTypes = (settings: JsonObject[]): Set<string | null> =>
  new Set(settings.flatMap((setting) => listAt(setting, 'subscribed_events').map((event) => textAt(event, 'name'))));
