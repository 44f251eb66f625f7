import { lemonSqueezyName, SignatureInvalid } from '#contracts';
import type { OrderSnapshot, SubscriptionSnapshot } from '../order-snapshot.js';
import { renewedKey } from '../signed/amount.rules.js';
import { listAt, objectAt, textAt, wholeAt, type JsonObject } from '../signed/json-reader.js';
import { periodOf, type Period } from '../signed/period.rules.js';
import { isSigned } from '../signed/signature.rules.js';
import { StoreApi } from '../signed/store-api.js';
import type {
  Credentials,
  OrderPage,
  PingDescription,
  StoredPing,
  Storefront,
  StorefrontHealth,
} from '../storefront.js';
import type { StoreSettings } from '../storefronts.config.js';
import { invoiceSnapshot, orderSnapshot, resourceIn, subscriptionSnapshot, type Resource } from './order.rules.js';
import { customData, describeWebhook, readOrderId } from './webhook.rules.js';

const NEEDED_EVENTS = ['order_created', 'order_refunded', 'subscription_payment_success', 'subscription_expired'];
const PAGE_SIZE = '100';

/** Lemon Squeezy: signs its webhooks without a time, and names no events. */
export class LemonSqueezyStorefront implements Storefront {
  readonly store = 'lemonsqueezy';
  readonly refusal = SignatureInvalid;
  private readonly api: StoreApi;

  constructor(private readonly settings: StoreSettings) {
    const headers = { authorization: `Bearer ${settings.apiKey}`, accept: 'application/vnd.api+json' };
    this.api = new StoreApi(`${settings.apiUrl}/v1`, headers);
  }

  authenticate({ signature, raw }: Credentials): boolean {
    return isSigned([signature ?? ''], [raw], this.settings.secrets);
  }

  describe(ping: StoredPing): PingDescription {
    return describeWebhook(ping);
  }

  async fetchOrder(named: string, pings: () => Promise<StoredPing[]>): Promise<OrderSnapshot | null> {
    const { thing, id } = readOrderId(named) ?? {};
    if (!id) return null;
    if (thing === 'invoice') return this.fetchInvoice(id);
    if (thing === 'order') return this.fetchPurchase(id, pings);
    const subscription = await this.resource('subscriptions', id);
    return subscription && this.fetchPurchaseOf(subscription);
  }

  async listOrders({ after, before }: { after: string; before?: string }, cursor = '1'): Promise<OrderPage> {
    const query = { 'page[number]': cursor, 'page[size]': PAGE_SIZE };
    const page = await this.api.get('orders', query);
    const orders = listAt(page, 'data').map((data) => orderSnapshot(resourceIn(data), null));
    const last = wholeAt(objectAt(page, 'meta', 'page'), 'lastPage') ?? 1;
    const more = Number(cursor) < last && orders.every((order) => !isBefore(order, after));
    return {
      orders: orders.filter((order) => !isBefore(order, after) && (!before || isBefore(order, before) !== false)),
      next_cursor: more ? String(Number(cursor) + 1) : null,
    };
  }

  async health(): Promise<StorefrontHealth> {
    const { data } = await this.api.get('webhooks', { 'page[size]': PAGE_SIZE });
    const hooks = listAt({ data }, 'data').map((hook) => objectAt(hook, 'attributes')['events']);
    const told = new Set(hooks.flatMap((events) => (Array.isArray(events) ? events : [])));
    return { missing: NEEDED_EVENTS.filter((event) => !told.has(event)) };
  }

  /** The first invoice of a subscription is for its order. */
  private async fetchInvoice(id: string): Promise<OrderSnapshot | null> {
    const invoice = await this.resource('subscription-invoices', id);
    const of = invoice && textAt(invoice.attributes, 'subscription_id');
    const subscription = of && (await this.resource('subscriptions', of));
    if (!invoice || !subscription) return null;
    if (textAt(invoice.attributes, 'billing_reason') === 'initial') return this.fetchPurchaseOf(subscription);
    const snapshot = invoiceSnapshot(invoice, subscription, await this.orderIdsOf(subscription));
    const item = objectAt(subscription.attributes, 'first_subscription_item');
    return { ...snapshot, ...(await this.period(item, snapshot.sold_at)) };
  }

  private async fetchPurchaseOf(subscription: Resource): Promise<OrderSnapshot | null> {
    const order = textAt(subscription.attributes, 'order_id');
    return order === null ? null : this.fetchPurchase(order, () => Promise.resolve([]));
  }

  private async fetchPurchase(id: string, pings: () => Promise<StoredPing[]>): Promise<OrderSnapshot | null> {
    const answer = await this.api.find(`orders/${id}`, { include: 'subscriptions' });
    if (!answer) return null;
    const order = resourceIn(objectAt(answer, 'data'));
    const bought = listAt(answer, 'included').find((data) => textAt(data, 'type') === 'subscriptions');
    const snapshot = orderSnapshot(order, bought ? await this.subscription(resourceIn(bought)) : null);
    const handed = (await pings()).map((ping) => customData(ping, 'renews')).find((key) => key !== null);
    const whole = { ...snapshot, renews: renewedKey(handed ?? null) };
    if (!bought) return whole;
    return { ...whole, ...(await this.period(objectAt(order.attributes, 'first_order_item'), snapshot.sold_at)) };
  }

  private async subscription(subscription: Resource): Promise<SubscriptionSnapshot> {
    return subscriptionSnapshot(subscription, await this.orderIdsOf(subscription));
  }

  /** The order that it began with, and the charges since. */
  private async orderIdsOf({ id, attributes }: Resource): Promise<string[]> {
    const query = { 'filter[subscription_id]': id, 'page[size]': PAGE_SIZE };
    const invoices = listAt(await this.api.get('subscription-invoices', query), 'data').map(resourceIn);
    const later = invoices.filter((invoice) => textAt(invoice.attributes, 'billing_reason') !== 'initial');
    const first = textAt(attributes, 'order_id');
    const charges = later.map((invoice) => lemonSqueezyName('invoice', invoice.id));
    return first ? [lemonSqueezyName('order', first), ...charges] : charges;
  }

  private async period(item: JsonObject, from: string | null): Promise<Period> {
    const price = textAt(item, 'price_id');
    const found = price ? await this.resource('prices', price) : null;
    const { attributes } = found ?? { attributes: {} };
    const unit = textAt(attributes, 'renewal_interval_unit');
    return periodOf(unit, wholeAt(attributes, 'renewal_interval_quantity'), from);
  }

  private async resource(type: string, id: string): Promise<Resource | null> {
    const answer = await this.api.find(`${type}/${encodeURIComponent(id)}`);
    return answer && resourceIn(objectAt(answer, 'data'));
  }
}

/** Whether it was sold before a day; undefined: nobody says when, so that it is in every window, and ends no list. */
const isBefore = ({ sold_at }: OrderSnapshot, day: string): boolean | undefined =>
  sold_at === null ? undefined : sold_at.slice(0, 10) < day;
