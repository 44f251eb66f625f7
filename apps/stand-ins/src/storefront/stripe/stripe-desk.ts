import type { StandInAnswer, StandInRequest, StandInRoutes } from '../../http/http-stand-in.js';
import { isTrue, refundedOf, textOf, type Desk, type StoreEvent, type Wish } from '../signed/desk.js';
import { StripeBooks, stripeId, type StripeObject } from './stripe-books.js';

const TYPES = [
  ...['checkout.session.completed', 'invoice.paid', 'charge.refunded', 'charge.dispute.created'],
  ...['charge.dispute.closed', 'customer.subscription.updated', 'customer.subscription.deleted'],
];
/** Where the API has what, by the object's name. */
const PATHS = {
  payment_intents: 'payment_intent',
  charges: 'charge',
  invoices: 'invoice',
  subscriptions: 'subscription',
  disputes: 'dispute',
  'checkout/sessions': 'checkout.session',
};

/** A Stripe account, and what it tells. A sale's id is that of its payment or, of a subscription, its first invoice. */
export class StripeDesk implements Desk {
  readonly name = 'Stripe';
  private readonly books = new StripeBooks();

  readonly actions = {
    refund: (id: string, wish: Wish) => this.refund(this.chargeOf(id), wish),
    dispute: (id: string) => this.dispute(this.chargeOf(id)),
    dispute_won: (id: string) => this.close(this.chargeOf(id), 'won'),
    dispute_lost: (id: string) => this.close(this.chargeOf(id), 'lost'),
    renew: (id: string, wish: Wish) => this.renew(id, wish),
    cancel: (id: string) => this.change(id, 'customer.subscription.updated', { cancel_at_period_end: true }),
    end: (id: string) => {
      const over = { status: 'canceled', ended_at: Math.floor(Date.now() / 1000) };
      return this.change(id, 'customer.subscription.deleted', over);
    },
  };

  has(saleId: string): boolean {
    return this.books.get(saleId) !== undefined;
  }

  sell(wish: Wish): { sale_id: string; events: StoreEvent[] } {
    const livemode = !isTrue(wish['test']);
    const recurrence = textOf(wish, 'recurrence', '');
    if (recurrence) return this.subscribe(wish, recurrence, livemode);
    const payment = this.books.pay(wish, null, livemode);
    const members = { mode: 'payment', payment_intent: payment.id, invoice: null, livemode };
    return {
      sale_id: payment.id,
      events: [this.told('checkout.session.completed', this.books.checkout(wish, members))],
    };
  }

  api(): StandInRoutes {
    const enabled = { id: 'we_1', status: 'enabled', enabled_events: TYPES };
    return {
      'GET /v1/webhook_endpoints': () => ({ json: { object: 'list', has_more: false, data: [enabled] } }),
      ...Object.fromEntries(Object.entries(PATHS).flatMap(([path, object]) => this.routesOf(path, object))),
    };
  }

  private routesOf(path: string, object: string): [string, (request: StandInRequest) => StandInAnswer][] {
    const one = ({ params, query }: StandInRequest): StandInAnswer => {
      const found = this.books.get(params['id']);
      if (found?.object !== object) return { status: 404, json: { error: { code: 'resource_missing' } } };
      return { json: this.expanded(found, expansions(query)) };
    };
    return [
      [`GET /v1/${path}/:id`, one],
      [`GET /v1/${path}`, ({ query }) => this.page(object, query)],
    ];
  }

  private page(object: string, query: URLSearchParams): StandInAnswer {
    const from = Number(query.get('created[gte]') ?? 0);
    const same = (o: StripeObject, name: string): boolean => !query.get(name) || o[name] === query.get(name);
    const names = ['payment_intent', 'charge', 'subscription', 'status'];
    const all = this.books.list(object, (o) => Number(o['created']) >= from && names.every((name) => same(o, name)));
    const start = all.findIndex((o) => o.id === query.get('starting_after')) + 1;
    const limit = Number(query.get('limit') ?? 10);
    const wanted = expansions(query).map((path) => path.replace(/^data\./, ''));
    const data = all.slice(start, start + limit).map((o) => this.expanded(o, wanted));
    return { json: { object: 'list', has_more: all.length > start + limit, data } };
  }

  /** Ids become what they name where that was asked for; line items are left out unless they were. */
  private expanded(object: StripeObject, paths: string[]): object {
    const { line_items, ...shown } = object as Record<string, unknown>;
    const deeper = (name: string) => paths.filter((p) => p.startsWith(`${name}.`)).map((p) => p.slice(name.length + 1));
    for (const name of new Set(paths.map((path) => path.split('.')[0]!))) {
      const named = this.books.get(shown[name]);
      if (name === 'line_items') shown['line_items'] = line_items;
      else if (named) shown[name] = this.expanded(named, deeper(name));
    }
    return shown;
  }

  private subscribe(wish: Wish, recurrence: string, livemode: boolean): { sale_id: string; events: StoreEvent[] } {
    const subscription = this.books.subscribe(wish, recurrence, livemode);
    const invoice = this.books.invoice(wish, subscription, 'subscription_create');
    const members = { mode: 'subscription', payment_intent: null, invoice: invoice.id, livemode };
    const session = this.books.checkout(wish, members);
    const events = [this.told('invoice.paid', invoice), this.told('checkout.session.completed', session)];
    return { sale_id: invoice.id, events };
  }

  private chargeOf(saleId: string): StripeObject {
    const sale = this.books.get(saleId)!;
    return this.books.get(sale['latest_charge'] ?? sale['charge'])!;
  }

  private refund(charge: StripeObject, wish: Wish): StoreEvent[] {
    const amount_refunded = Number(charge['amount_refunded']) + refundedOf(wish, Number(charge['amount']));
    const refunded = amount_refunded >= Number(charge['amount']);
    return [this.told('charge.refunded', Object.assign(charge, { amount_refunded, refunded }))];
  }

  private dispute(charge: StripeObject): StoreEvent[] {
    charge['disputed'] = true;
    const { payment_intent, amount, livemode } = charge;
    const members = { charge: charge.id, payment_intent, amount, livemode, status: 'needs_response' };
    return [this.told('charge.dispute.created', this.books.keep('dp', 'dispute', members))];
  }

  private close(charge: StripeObject, status: 'won' | 'lost'): StoreEvent[] {
    const raised = this.books.list('dispute', (dispute) => dispute['charge'] === charge.id);
    return raised.map((dispute) => this.told('charge.dispute.closed', Object.assign(dispute, { status })));
  }

  private renew(saleId: string, wish: Wish): StoreEvent[] {
    const { customer_email: email, customer_name: full_name } = this.books.get(saleId)!;
    const invoice = this.books.invoice(
      { email, full_name, ...wish },
      this.subscriptionOf(saleId),
      'subscription_cycle',
    );
    return [this.told('invoice.paid', invoice)];
  }

  private change(saleId: string, type: string, change: object): StoreEvent[] {
    return [this.told(type, Object.assign(this.subscriptionOf(saleId), change))];
  }

  private subscriptionOf(saleId: string): StripeObject {
    const found = this.books.get(this.books.get(saleId)!['subscription']);
    if (!found) throw new SyntaxError('the sale is of no subscription');
    return found;
  }

  /** Events have the shape of the endpoint's own version: of newer ones a charge does not name its invoice. */
  private told(type: string, object: StripeObject): StoreEvent {
    const { line_items: _, invoice, ...shown } = object as Record<string, unknown>;
    const data = { object: structuredClone(object.object === 'charge' ? shown : { ...shown, invoice }) };
    const livemode = object['livemode'] === true;
    return { name: type, body: { id: stripeId('evt'), object: 'event', type, livemode, pending_webhooks: 1, data } };
  }
}

const expansions = (query: URLSearchParams): string[] =>
  [...query].filter(([name]) => name.startsWith('expand[')).map(([, path]) => path);
