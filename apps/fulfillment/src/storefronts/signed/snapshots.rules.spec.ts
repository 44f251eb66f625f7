import {
  invoiceSnapshot as lemonInvoice,
  orderSnapshot,
  subscriptionSnapshot as lemonSubscription,
} from '../lemon-squeezy/order.rules.js';
import { subscriptionSnapshot as paddleSubscription, transactionSnapshot } from '../paddle/transaction.rules.js';
import { checkoutSnapshot, heaviest, invoiceSnapshot, subscriptionSnapshot } from '../stripe/payment.rules.js';
import { periodOf } from './period.rules.js';

describe('an order of Lemon Squeezy', () => {
  const attributes = {
    user_email: 'ada@example.com',
    user_name: 'Ada',
    status: 'paid',
    total: 4900,
    refunded_amount: 0,
    first_order_item: { product_id: 103, variant_id: 1103, product_name: 'Pro', quantity: 2 },
    created_at: '2026-01-02T03:04:05.000000Z',
  };
  const of = (more: object) => orderSnapshot({ id: '7', attributes: { ...attributes, ...more } }, null);

  it('is a sale of its first item', () => {
    expect(of({})).toMatchObject({
      order_id: 'lemonsqueezy-order-7',
      email: 'ada@example.com',
      product: { id: '103', variant: '1103', name: 'Pro' },
      ...{ kind: 'sale', refund: 'none', dispute: 'none', test: false, quantity: 2, price_cents: 4900 },
    });
  });

  it.each([
    [{ refunded: true, refunded_amount: 1000 }, { refund: 'partial' }],
    [{ refunded: true, refunded_amount: 4900, status: 'refunded' }, { refund: 'full' }],
    [{ refunded: true, refunded_amount: undefined }, { refund: 'full' }],
    [{ status: 'pending' }, { kind: 'preorder' }],
    [{ status: 'failed' }, { kind: 'preorder' }],
    [{ status: 'fraudulent' }, { dispute: 'open' }],
    [{ test_mode: true }, { test: true }],
  ])('G6: with %j is %j: amounts tell, not flags', (more, expected) => expect(of(more)).toMatchObject(expected));

  it('G8 G9: a later invoice is a renewal, and the subscription says until when', () => {
    const subscription = {
      id: '9',
      attributes: { status: 'cancelled', cancelled: true, ends_at: '2026-05-01T00:00:00Z' },
    };
    const invoice = lemonInvoice(
      { id: '8', attributes: { ...attributes, billing_reason: 'renewal' } },
      subscription,
      [],
    );
    expect(invoice).toMatchObject({
      order_id: 'lemonsqueezy-invoice-8',
      kind: 'renewal',
      subscription_id: '9',
      subscription: { state: 'cancelled', access_until: '2026-05-01T00:00:00Z' },
    });
    const state = (more: Record<string, unknown>) => lemonSubscription({ id: '9', attributes: more }, []).state;
    expect([state({ status: 'expired', cancelled: true }), state({ status: 'past_due' })]).toEqual(['ended', 'active']);
  });
});

describe('a transaction of Paddle', () => {
  const transaction = {
    id: 'txn_12345678',
    status: 'completed',
    origin: 'web',
    customer: { email: 'ada@example.com', name: null },
    items: [{ quantity: 1, price: { id: 'pri_1', product_id: 'pro_pro' } }],
    details: { totals: { total: '4900' } },
  };
  const of = (more: object) => transactionSnapshot({ ...transaction, ...more }, null, false);
  const adjustment = (action: string, status: string, total = '4900', type = 'partial') => ({
    ...{ action, status, type, totals: { total } },
  });

  it.each([
    ['SIG6', [adjustment('refund', 'pending_approval', '4900', 'full')], { refund: 'none' }],
    ['SIG6', [adjustment('refund', 'rejected', '4900', 'full')], { refund: 'none' }],
    ['SIG6', [adjustment('refund', 'approved', '4900', 'full')], { refund: 'full' }],
    ['G6', [adjustment('refund', 'approved', '900')], { refund: 'partial' }],
    ['G6', [adjustment('refund', 'approved', '900'), adjustment('refund', 'approved', '4000')], { refund: 'full' }],
    ['G6', [adjustment('credit', 'approved')], { refund: 'none' }],
    ['G10', [adjustment('chargeback_warning', 'approved')], { dispute: 'none' }],
    ['G10', [adjustment('chargeback', 'approved')], { dispute: 'open' }],
    ['G10', [adjustment('chargeback', 'approved'), adjustment('chargeback_reverse', 'approved')], { dispute: 'won' }],
  ])('%s: with %j is %j', (_, adjustments, expected) => expect(of({ adjustments })).toMatchObject(expected));

  it('G8: what Paddle charges by itself is a renewal, paid until its period ends', () => {
    const renewal = of({
      origin: 'subscription_recurring',
      subscription_id: 'sub_1',
      billing_period: { ends_at: 'T' },
    });
    expect(renewal).toMatchObject({ kind: 'renewal', subscription_id: 'sub_1', paid_until: 'T' });
    expect(of({ origin: 'subscription_payment_method_change' }).kind).toBe('preorder');
    expect(of({ origin: 'subscription_charge', subscription_id: 'sub_1' })).toMatchObject({
      ...{ kind: 'sale', subscription_id: null },
    });
    expect(of({ status: 'ready' }).kind).toBe('preorder');
  });

  it('a sale in the sandbox is a test', () => {
    expect(transactionSnapshot(transaction, null, true).test).toBe(true);
    expect(of({})).toMatchObject({ test: false, product: { id: 'pro_pro', variant: 'pri_1' }, price_cents: 4900 });
  });

  it('G9: a subscription is over when it is cancelled, not when it is going to be', () => {
    const state = (more: object) => paddleSubscription({ id: 'sub_1', ...more }, []);
    expect(state({ status: 'canceled', canceled_at: 'T' })).toMatchObject({ state: 'ended', access_until: 'T' });
    const leaving = { status: 'active', scheduled_change: { action: 'cancel', effective_at: 'U' } };
    expect(state(leaving)).toMatchObject({ state: 'cancelled', access_until: 'U' });
    expect(state({ scheduled_change: { action: 'pause', effective_at: 'U' } })).toMatchObject({ state: 'active' });
  });
});

describe('a payment of Stripe', () => {
  const session = {
    livemode: true,
    customer_details: { email: 'ada@example.com', name: 'Ada' },
    line_items: { data: [{ quantity: 1, description: 'Pro', price: { id: 'price_1', product: 'prod_pro' } }] },
  };
  const charge = { amount: 4900, amount_captured: 4900, amount_refunded: 0, livemode: true };
  const of = (more: object, status?: string) =>
    checkoutSnapshot(
      'pi_12345678',
      session,
      { charge: { ...charge, ...more }, dispute: status ? { status } : null },
      true,
    );

  it('SIG7: a part given back is partial, the sum of all parts is full', () => {
    const refunds = [0, 1, 4899, 4900].map((amount_refunded) => of({ amount_refunded }).refund);
    expect(refunds).toEqual(['none', 'partial', 'partial', 'full']);
  });

  it('G10: a dispute is open, won or lost; a question of a bank is none', () => {
    const told = [
      'needs_response',
      'under_review',
      'won',
      'lost',
      'warning_needs_response',
      'warning_closed',
      'constructor',
    ];
    expect(told.map((status) => of({}, status).dispute)).toEqual([
      'open',
      'open',
      'won',
      'lost',
      'none',
      'none',
      'none',
    ]);
  });

  it('G10: of several disputes the one that weighs most counts, in whatever order they are listed', () => {
    const of = (...told: string[]) => heaviest(told.map((status) => ({ status })))?.['status'];
    expect(of('won', 'lost')).toBe('lost');
    expect(of('lost', 'won')).toBe('lost');
    expect(of('won', 'needs_response', 'warning_closed')).toBe('needs_response');
    expect(of('warning_closed', 'won')).toBe('won');
    expect([of('warning_closed'), of('__proto__'), of()]).toEqual(['warning_closed', '__proto__', undefined]);
  });

  it('is of what the checkout sold; without one nobody knows of what', () => {
    expect(of({})).toMatchObject({
      email: 'ada@example.com',
      product: { id: 'prod_pro', variant: 'price_1' },
      test: false,
    });
    const bare = checkoutSnapshot(
      'pi_12345678',
      {},
      { charge: { billing_details: { email: 'a@b.c' } }, dispute: null },
      false,
    );
    expect(bare).toMatchObject({ email: 'a@b.c', product: { id: null }, kind: 'preorder', test: true });
  });

  it('G8: an invoice is a sale when its subscription began with it, else a renewal, paid until its last line ends', () => {
    const invoice = {
      id: 'in_12345678',
      status: 'paid',
      livemode: true,
      billing_reason: 'subscription_update',
      lines: {
        data: [
          { proration: true, price: { product: 'prod_lite' }, period: { start: 1, end: 100 } },
          { proration: false, price: { product: 'prod_pro' }, period: { start: 1, end: 200 } },
        ],
      },
    };
    const subscription = subscriptionSnapshot({ id: 'sub_1', status: 'active' }, []);
    const kinds = ['subscription_create', 'subscription_cycle', 'subscription_update'].map(
      (billing_reason) => invoiceSnapshot({ ...invoice, billing_reason }, { charge, dispute: null }, subscription).kind,
    );
    expect(kinds).toEqual(['sale', 'renewal', 'renewal']);
    expect(invoiceSnapshot(invoice, { charge, dispute: null }, subscription)).toMatchObject({
      product: { id: 'prod_pro' },
      paid_until: new Date(200_000).toISOString(),
    });
  });

  it('G9: a subscription that is to end keeps its time, one that was deleted has none', () => {
    const of = (more: object) => subscriptionSnapshot({ id: 'sub_1', status: 'active', ...more }, []);
    const until = new Date(100_000).toISOString();
    expect(of({ cancel_at_period_end: true, current_period_end: 100 })).toMatchObject({ access_until: until });
    expect(of({ status: 'canceled', ended_at: 100 })).toMatchObject({ state: 'ended', access_until: until });
    expect(of({})).toMatchObject({ state: 'active', access_until: null });
  });
});

it('G8: periods are whole months, or days from a day on', () => {
  expect(periodOf('year', 1, null)).toEqual({ period_months: 12, paid_until: null });
  expect(periodOf('month', 3, null)).toEqual({ period_months: 3, paid_until: null });
  const week = periodOf('week', 2, '2026-01-01T00:00:00Z');
  expect(week).toEqual({ period_months: null, paid_until: '2026-01-15T00:00:00.000Z' });
  expect(periodOf(null, null, 'never')).toEqual({ period_months: null, paid_until: null });
});
