import type { StandInAnswer, StandInRoutes } from '../../http/http-stand-in.js';
import { after, numberOf, refundedOf, textOf, type Desk, type StoreEvent, type Wish } from '../signed/desk.js';
import { idOf, type Subscription, type Transaction } from './paddle-books.js';

const TYPES = [
  'transaction.completed',
  'adjustment.created',
  'adjustment.updated',
  'subscription.updated',
  'subscription.canceled',
];
const notFound: StandInAnswer = { status: 404, json: { error: { type: 'request_error', code: 'not_found' } } };

/** The books of a seller at Paddle, and what it tells of them. */
export class PaddleDesk implements Desk {
  readonly name = 'Paddle';
  private readonly transactions = new Map<string, Transaction>();
  private readonly subscriptions = new Map<string, Subscription>();

  readonly actions = {
    refund: (id: string, wish: Wish) => this.adjust(id, 'refund', wish),
    dispute: (id: string, wish: Wish) => this.adjust(id, 'chargeback', wish),
    dispute_won: (id: string, wish: Wish) => this.adjust(id, 'chargeback_reverse', wish),
    approve: (id: string) => this.judge(id, 'approved'),
    reject: (id: string) => this.judge(id, 'rejected'),
    renew: (id: string, wish: Wish) => this.renew(id, wish),
    cancel: (id: string) => this.cancel(id),
    end: (id: string) => this.end(id),
  };

  has(saleId: string): boolean {
    return this.transactions.has(saleId);
  }

  sell(wish: Wish): { sale_id: string; events: StoreEvent[] } {
    const recurrence = textOf(wish, 'recurrence', '');
    const subscription = recurrence ? this.subscribe(wish, recurrence) : null;
    const transaction = this.charge(wish, 'web', subscription);
    return { sale_id: transaction.id, events: [this.told('transaction.completed', this.shown(transaction))] };
  }

  api(): StandInRoutes {
    return {
      'GET /transactions': ({ query }) => this.page(query),
      'GET /transactions/:id': ({ params, query }) => {
        const found = this.transactions.get(params['id']!);
        return found ? { json: { data: this.shown(found, query.get('include') ?? '') } } : notFound;
      },
      'GET /subscriptions/:id': ({ params }) => {
        const found = this.subscriptions.get(params['id']!);
        return found ? { json: { data: found } } : notFound;
      },
      'GET /notification-settings': () => {
        const subscribed_events = TYPES.map((name) => ({ name }));
        return { json: { data: [{ id: 'ntfset_1', type: 'url', active: true, subscribed_events }] } };
      },
    };
  }

  private page(query: URLSearchParams): StandInAnswer {
    const of = query.get('subscription_id');
    const from = query.get('created_at[GTE]') ?? '';
    const all = [...this.transactions.values()].filter(
      (t) => (!of || t.subscription_id === of) && t.created_at >= from,
    );
    const ordered = query.get('order_by') === 'id[DESC]' ? all.reverse() : all;
    const start = query.get('after') ? ordered.findIndex((t) => t.id === query.get('after')) + 1 : 0;
    const size = Number(query.get('per_page') ?? 30);
    const data = ordered.slice(start, start + size).map((t) => this.shown(t, query.get('include') ?? ''));
    return { json: { data, meta: { pagination: { per_page: size, has_more: ordered.length > start + size } } } };
  }

  /** The buyer and the adjustments are told only to who asks for them. */
  private shown({ customer, adjustments, ...transaction }: Transaction, include = ''): object {
    const asked = include.split(',');
    return {
      ...transaction,
      ...(asked.includes('customer') && { customer }),
      ...(asked.includes('adjustments') && { adjustments }),
    };
  }

  private itemOf(wish: Wish) {
    const product_id = textOf(wish, 'product_id', 'pro_pro');
    const price = { id: textOf(wish, 'price_id', `pri_${product_id}`), product_id, description: 'License' };
    return { quantity: numberOf(wish, 'quantity', 1), price };
  }

  private subscribe(wish: Wish, recurrence: string): Subscription {
    const now = new Date();
    const current_billing_period = { starts_at: now, ends_at: after(now, recurrence) };
    const fields = { status: 'active', canceled_at: null, scheduled_change: null, items: [this.itemOf(wish)] };
    const subscription = { id: idOf('sub'), recurrence, ...fields, current_billing_period };
    this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  private charge(wish: Wish, origin: string, subscription: Subscription | null): Transaction {
    const total = String(numberOf(wish, 'price', 4900));
    const created_at = textOf(wish, 'created_at', new Date().toISOString());
    const transaction: Transaction = {
      ...{ id: idOf('txn'), status: textOf(wish, 'status', 'completed'), origin, created_at, billed_at: created_at },
      subscription_id: subscription?.id ?? null,
      customer: { email: textOf(wish, 'email', 'buyer@example.com'), name: textOf(wish, 'full_name', '') || null },
      items: [this.itemOf(wish)],
      details: { totals: { total } },
      billing_period: subscription ? this.nextPeriod(subscription) : null,
      custom_data: wish['custom_data'] ?? null,
      adjustments: [],
    };
    this.transactions.set(transaction.id, transaction);
    return transaction;
  }

  private nextPeriod({ id, recurrence }: Subscription): { starts_at: string; ends_at: string } {
    const done = [...this.transactions.values()].filter((t) => t.subscription_id === id).length;
    const [starts, ends] = [after(new Date(), recurrence, done), after(new Date(), recurrence, done + 1)];
    return { starts_at: starts.toISOString(), ends_at: ends.toISOString() };
  }

  /** A refund of a live account waits until Paddle has judged it; chargebacks are facts. */
  private adjust(id: string, action: string, wish: Wish): StoreEvent[] {
    const transaction = this.transactions.get(id)!;
    const total = Number(transaction.details.totals.total);
    const given = refundedOf(wish, total);
    const status = action === 'refund' ? textOf(wish, 'status', 'approved') : 'approved';
    const type = given >= total ? ('full' as const) : ('partial' as const);
    const adjustment = { id: idOf('adj'), transaction_id: id, action, type, status, totals: { total: String(given) } };
    transaction.adjustments.push(adjustment);
    return [this.told('adjustment.created', adjustment)];
  }

  private judge(id: string, status: string): StoreEvent[] {
    const waiting = this.transactions.get(id)!.adjustments.filter((a) => a.status === 'pending_approval');
    return waiting.map((adjustment) => this.told('adjustment.updated', Object.assign(adjustment, { status })));
  }

  private renew(id: string, wish: Wish): StoreEvent[] {
    const { customer } = this.transactions.get(id)!;
    const buyer = { email: customer.email, full_name: customer.name };
    const charged = this.charge({ ...buyer, ...wish }, 'subscription_recurring', this.subscriptionOf(id));
    return [this.told('transaction.completed', this.shown(charged))];
  }

  private cancel(id: string): StoreEvent[] {
    const subscription = this.subscriptionOf(id);
    const { ends_at } = subscription['current_billing_period'] as { ends_at: Date };
    Object.assign(subscription, { scheduled_change: { action: 'cancel', effective_at: ends_at } });
    return [this.told('subscription.updated', subscription)];
  }

  private end(id: string): StoreEvent[] {
    const over = { status: 'canceled', canceled_at: new Date().toISOString(), scheduled_change: null };
    return [this.told('subscription.canceled', Object.assign(this.subscriptionOf(id), over))];
  }

  private subscriptionOf(id: string): Subscription {
    const found = this.subscriptions.get(this.transactions.get(id)!.subscription_id ?? '');
    if (!found) throw new SyntaxError('the sale is of no subscription');
    return found;
  }

  private told(event_type: string, data: object): StoreEvent {
    const occurred_at = new Date().toISOString();
    const ids = { event_id: idOf('evt'), notification_id: idOf('ntf') };
    return { name: event_type, body: { ...ids, event_type, occurred_at, data: structuredClone(data) } };
  }
}
