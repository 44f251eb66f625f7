import { randomInt } from 'node:crypto';
import type { StandInAnswer, StandInRoutes } from '../../http/http-stand-in.js';
import { after, isTrue, numberOf, refundedOf, textOf, type Desk, type StoreEvent, type Wish } from '../signed/desk.js';

/** A resource of the JSON:API. */
interface Resource {
  type: string;
  id: string;
  attributes: Record<string, unknown>;
}

const PRICE_ID = 5001;
const EVENTS = [
  ...['order_created', 'order_refunded', 'subscription_created', 'subscription_updated', 'subscription_cancelled'],
  ...['subscription_expired', 'subscription_payment_success', 'subscription_payment_refunded'],
];
const notFound: StandInAnswer = { status: 404, json: { errors: [{ status: '404', title: 'Not Found' }] } };
const stamp = (): string => new Date().toISOString().replace('Z', '000Z');

/** The books of a store at Lemon Squeezy, and what it tells of them. */
export class LemonSqueezyDesk implements Desk {
  readonly name = 'Lemon Squeezy';
  private readonly books = new Map<string, Resource>();
  private readonly custom = new Map<string, unknown>();

  readonly actions = {
    refund: (id: string, wish: Wish) => [this.told('order_refunded', this.refund(this.order(id), wish), id)],
    renew: (id: string, wish: Wish) => this.renew(id, wish),
    cancel: (id: string) => [this.told('subscription_cancelled', this.leave(id, 'cancelled'), id)],
    end: (id: string) => [this.told('subscription_expired', this.leave(id, 'expired'), id)],
  };

  has(saleId: string): boolean {
    return this.books.has(`orders/${saleId}`);
  }

  sell(wish: Wish): { sale_id: string; events: StoreEvent[] } {
    const product = Number(textOf(wish, 'product_id', '103'));
    const item = { product_id: product, variant_id: product + 1000, product_name: 'License', price_id: PRICE_ID };
    const money = this.money(wish);
    const order = this.keep('orders', {
      ...money,
      order_number: randomInt(1, 1e6),
      first_order_item: { ...item, quantity: numberOf(wish, 'quantity', 1) },
    });
    this.custom.set(order.id, wish['custom_data']);
    const created = this.told('order_created', order, order.id);
    const unit = textOf(wish, 'recurrence', '');
    if (!unit) return { sale_id: order.id, events: [created] };
    this.keep('prices', { renewal_interval_unit: unit, renewal_interval_quantity: 1 }, String(PRICE_ID));
    const of = {
      order_id: Number(order.id),
      cancelled: false,
      status: 'active',
      ends_at: null,
      first_subscription_item: item,
    };
    const subscription = this.keep('subscriptions', {
      ...of,
      ...item,
      renews_at: after(new Date(), unit),
      test_mode: money.test_mode,
    });
    const invoice = this.invoice(subscription, 'initial', money);
    const begun = this.told('subscription_created', subscription, order.id);
    return {
      sale_id: order.id,
      events: [created, begun, this.told('subscription_payment_success', invoice, order.id)],
    };
  }

  api(): StandInRoutes {
    const found = (resource: Resource | undefined, included: Resource[] = []): StandInAnswer =>
      resource ? { json: { data: resource, ...(included.length > 0 && { included }) } } : notFound;
    return {
      'GET /v1/orders': ({ query }) => this.page('orders', query),
      'GET /v1/orders/:id': ({ params }) => {
        const bought = this.all('subscriptions').filter((s) => s.attributes['order_id'] === Number(params['id']));
        return found(this.books.get(`orders/${params['id']}`), bought);
      },
      'GET /v1/subscription-invoices': ({ query }) => {
        const of = Number(query.get('filter[subscription_id]'));
        return this.page('subscription-invoices', query, (i) => i.attributes['subscription_id'] === of);
      },
      'GET /v1/webhooks': () => ({ json: { data: [{ type: 'webhooks', id: '1', attributes: { events: EVENTS } }] } }),
      'GET /v1/:type/:id': ({ params }) => found(this.books.get(`${params['type']}/${params['id']}`)),
    };
  }

  private page(type: string, query: URLSearchParams, filter: (r: Resource) => boolean = () => true): StandInAnswer {
    const [number, size] = [Number(query.get('page[number]') ?? 1), Number(query.get('page[size]') ?? 10)];
    const all = this.all(type).filter(filter).reverse();
    const lastPage = Math.max(Math.ceil(all.length / size), 1);
    const data = all.slice((number - 1) * size, number * size);
    return { json: { meta: { page: { currentPage: number, lastPage, total: all.length } }, data } };
  }

  private all = (type: string): Resource[] => [...this.books.values()].filter((resource) => resource.type === type);
  private order = (id: string): Resource => this.books.get(`orders/${id}`)!;

  private subscriptionOf(orderId: string): Resource {
    const found = this.all('subscriptions').find((s) => s.attributes['order_id'] === Number(orderId));
    if (!found) throw new SyntaxError('the sale is of no subscription');
    return found;
  }

  private keep(type: string, attributes: Record<string, unknown>, id = String(randomInt(1e6, 1e9))): Resource {
    const resource = { type, id, attributes };
    this.books.set(`${type}/${id}`, resource);
    return resource;
  }

  private money(wish: Wish) {
    const total = numberOf(wish, 'price', 4900);
    return {
      user_name: textOf(wish, 'full_name', 'Buyer'),
      user_email: textOf(wish, 'email', 'buyer@example.com'),
      ...{ currency: 'USD', total, total_usd: total, refunded: false, refunded_at: null, refunded_amount: 0 },
      status: textOf(wish, 'status', 'paid'),
      created_at: textOf(wish, 'created_at', stamp()),
      test_mode: isTrue(wish['test']),
    };
  }

  private invoice(subscription: Resource, billing_reason: string, money: Record<string, unknown>): Resource {
    return this.keep('subscription-invoices', { ...money, billing_reason, subscription_id: Number(subscription.id) });
  }

  private refund({ type, id, attributes }: Resource, wish: Wish): Resource {
    const given = Number(attributes['refunded_amount']) + refundedOf(wish, Number(attributes['total']));
    const all = given >= Number(attributes['total']);
    // The flag is set by the first cent; only the amounts tell.
    const status = all ? 'refunded' : 'partial_refund';
    return this.keep(type, { ...attributes, refunded: true, refunded_at: stamp(), refunded_amount: given, status }, id);
  }

  private renew(orderId: string, wish: Wish): StoreEvent[] {
    const { user_email, user_name } = this.order(orderId).attributes;
    const money = { ...this.money(wish), user_email, user_name };
    const invoice = this.invoice(this.subscriptionOf(orderId), 'renewal', money);
    return [this.told('subscription_payment_success', invoice, orderId)];
  }

  private leave(orderId: string, status: 'cancelled' | 'expired'): Resource {
    const subscription = this.subscriptionOf(orderId);
    const ends_at = status === 'expired' ? stamp() : subscription.attributes['renews_at'];
    return Object.assign(subscription, {
      attributes: { ...subscription.attributes, status, cancelled: true, ends_at },
    });
  }

  /** An event has no id and no time; the same one sent again is the same bytes. */
  private told(event_name: string, resource: Resource, orderId: string): StoreEvent {
    const custom_data = this.custom.get(orderId);
    const test_mode = resource.attributes['test_mode'] === true;
    const data = structuredClone(resource);
    return {
      name: event_name,
      body: { meta: { test_mode, event_name, ...(custom_data ? { custom_data } : {}) }, data },
    };
  }
}
