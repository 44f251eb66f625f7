import { flagAt, idAt, objectAt, readObject, textAt, type JsonObject } from '../signed/json-reader.js';
import { headerMembers, isSigned, isTimely } from '../signed/signature.rules.js';
import type { Credentials, PingDescription, StoredPing } from '../storefront.js';

/** What we look at: payments, invoices, subscriptions, charges, and checkouts that nothing was paid for. */
const SUBJECT = /^(pi|in|sub|ch|py|cs)_\w{8,200}$/;
const EVENT_TYPE = /^[a-z_.]{1,64}$/;
const EVENT_ID = /^evt_\w{8,120}$/;

type Finder = (object: JsonObject) => string | null;

const paymentOf: Finder = (o) =>
  idAt(o, 'invoice') ?? idAt(o, 'payment_intent') ?? idAt(o, 'charge') ?? textAt(o, 'id');
const itself: Finder = (o) => textAt(o, 'id');

/** By event type: how its object names what is looked at. */
const SUBJECTS: Readonly<Record<string, Finder>> = {
  'checkout.session.completed': paymentOf,
  'checkout.session.async_payment_succeeded': paymentOf,
  'invoice.paid': itself,
  'charge.refunded': paymentOf,
  'charge.refund.updated': paymentOf,
  'refund.created': paymentOf,
  'refund.updated': paymentOf,
  'refund.failed': paymentOf,
  'charge.dispute.created': paymentOf,
  'charge.dispute.updated': paymentOf,
  'charge.dispute.closed': paymentOf,
  'charge.dispute.funds_reinstated': paymentOf,
  'charge.dispute.funds_withdrawn': paymentOf,
  'customer.subscription.updated': itself,
  'customer.subscription.deleted': itself,
  'customer.subscription.paused': itself,
  'customer.subscription.resumed': itself,
};

/** `t=…,v1=…`, several `v1` while secrets change, over `t.body`. */
export function isStripeSignature({ signature, raw }: Credentials, secrets: readonly string[], nowMs: number): boolean {
  const members = headerMembers(signature ?? '', ',');
  const [t = ''] = members.get('t') ?? [];
  const signed = isSigned(members.get('v1') ?? [], [`${t}.`, raw], secrets);
  return signed && isTimely(t, nowMs / 1000);
}

/** The kind of thing that an id names; null: none of ours. */
export const prefixOf = (id: string): string | null => SUBJECT.exec(id)?.[1] ?? null;

/** What an event of Stripe is about. Never throws. */
export function describeEvent({ raw }: StoredPing): PingDescription {
  const body = readObject(raw);
  if (!body) return { kind: 'not_understood', resource: null, why: 'The body is no JSON object.' };
  const type = textAt(body, 'type') ?? '';
  const resource = EVENT_TYPE.test(type) ? type : null;
  const id = textAt(body, 'id') ?? '';
  const name = EVENT_ID.test(id) ? { event_id: id } : {};
  if (!resource) return { kind: 'not_understood', resource, why: 'It names no event.', ...name };
  const object = objectAt(body, 'data', 'object');
  const irrelevant = !Object.hasOwn(SUBJECTS, resource) || textAt(object, 'mode') === 'setup';
  if (irrelevant) return { kind: 'irrelevant', resource, ...name };
  const subject = SUBJECTS[resource]!(object);
  const order_id = subject && prefixOf(subject) ? subject : null;
  if (!flagAt(body, 'livemode')) return { kind: 'test', order_id, resource, ...name };
  if (order_id) return { kind: 'order', order_id, resource, ...name };
  return { kind: 'not_understood', resource, why: 'Its object names nothing that was paid for.', ...name };
}
