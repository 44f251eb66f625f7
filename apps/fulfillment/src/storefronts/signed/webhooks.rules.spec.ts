import fc from 'fast-check';
import { describeWebhook } from '../lemon-squeezy/webhook.rules.js';
import { describeNotification } from '../paddle/webhook.rules.js';
import { describeEvent } from '../stripe/webhook.rules.js';

const ping = (body: unknown) => ({
  content_type: 'application/json',
  raw: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const paddle = (event_type: string, data: object) =>
  describeNotification(ping({ event_id: 'evt_1', event_type, data }));
const stripe = (type: string, object: object, more: object = {}) =>
  describeEvent(ping({ id: 'evt_12345678', type, livemode: true, data: { object }, ...more }));
const lemon = (event_name: string, data: object, meta: object = {}) =>
  describeWebhook(ping({ meta: { event_name, ...meta }, data }));

describe.each([
  ['Lemon Squeezy', describeWebhook],
  ['Paddle', describeNotification],
  ['Stripe', describeEvent],
])('D-webhook: what %s tells', (_, describe) => {
  it('G17: is never an error, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(describe({ content_type: 'x', raw: Buffer.from(bytes) }).kind).toEqual(expect.any(String));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(describe(ping(json)).kind).toEqual(expect.any(String));
      }),
    );
  });

  it('G17: takes no inherited member and no name of one', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      const body = `{"__proto__":{"id":"evt_12345678"},"type":"${name}","event_type":"${name}","meta":{"event_name":"${name}"}}`;
      expect(['irrelevant', 'not_understood']).toContain(describe(ping(body)).kind);
    }
  });
});

describe('what Lemon Squeezy tells', () => {
  const order = { type: 'orders', id: '7', attributes: {} };

  it('names orders, invoices and subscriptions apart, and the event by its bytes (SIG5)', () => {
    const told = lemon('order_created', order);
    expect(told).toMatchObject({ kind: 'order', order_id: 'lemonsqueezy-order-7', resource: 'order_created' });
    expect(told.event_id).toMatch(/^[0-9a-f]{64}$/);
    expect(lemon('order_created', order).event_id).toBe(told.event_id);
    expect(lemon('order_refunded', order).event_id).not.toBe(told.event_id);
    const invoice = lemon('subscription_payment_success', { type: 'subscription-invoices', id: '7' });
    expect(invoice).toMatchObject({ order_id: 'lemonsqueezy-invoice-7' });
    expect(lemon('subscription_expired', { type: 'subscriptions', id: '7' })).toMatchObject({
      order_id: 'lemonsqueezy-subscription-7',
    });
  });

  it('G7: a test is a test, and other events are nobody’s business', () => {
    expect(lemon('order_created', order, { test_mode: true }).kind).toBe('test');
    expect(lemon('order_created', { ...order, attributes: { test_mode: true } }).kind).toBe('test');
    expect(lemon('license_key_created', { type: 'license-keys', id: '7' }).kind).toBe('irrelevant');
    expect(lemon('order_created', { type: 'orders', id: '7/../8' }).kind).toBe('not_understood');
  });
});

describe('what Paddle tells', () => {
  it('an adjustment is about its transaction', () => {
    const told = paddle('adjustment.updated', { id: 'adj_01', transaction_id: 'txn_01hv8wptq8' });
    expect(told).toEqual({
      kind: 'order',
      order_id: 'txn_01hv8wptq8',
      resource: 'adjustment.updated',
      event_id: 'evt_1',
    });
    expect(paddle('subscription.canceled', { id: 'sub_01hv8wptq8' })).toMatchObject({ order_id: 'sub_01hv8wptq8' });
    expect(paddle('transaction.created', { id: 'txn_01hv8wptq8' }).kind).toBe('irrelevant');
    expect(paddle('transaction.completed', { id: 'txn_../../x' }).kind).toBe('not_understood');
  });
});

describe('what Stripe tells', () => {
  it('a checkout is about its payment or its invoice, a charge about the same', () => {
    const payment = { id: 'cs_live_12345678', mode: 'payment', payment_intent: 'pi_12345678' };
    const ids = [
      stripe('checkout.session.completed', payment),
      stripe('checkout.session.completed', {
        ...payment,
        mode: 'subscription',
        payment_intent: null,
        invoice: 'in_12345678',
      }),
      stripe('checkout.session.completed', { ...payment, payment_intent: null }),
      stripe('charge.refunded', { id: 'ch_12345678', payment_intent: 'pi_12345678' }),
      stripe('charge.refunded', { id: 'ch_12345678', payment_intent: 'pi_12345678', invoice: 'in_12345678' }),
      stripe('charge.dispute.closed', {
        id: 'dp_12345678',
        charge: 'ch_12345678',
        payment_intent: { id: 'pi_12345678' },
      }),
      stripe('customer.subscription.deleted', { id: 'sub_12345678' }),
    ].map((told) => ('order_id' in told ? told.order_id : told.kind));
    const [pi, invoice] = ['pi_12345678', 'in_12345678'];
    expect(ids).toEqual([pi, invoice, 'cs_live_12345678', pi, invoice, pi, 'sub_12345678']);
  });

  it('G7: what is not live is a test, and what sells nothing is nobody’s business', () => {
    const object = { id: 'in_12345678' };
    expect(stripe('invoice.paid', object, { livemode: false }).kind).toBe('test');
    expect(describeEvent(ping({ id: 'evt_12345678', type: 'invoice.paid', data: { object } })).kind).toBe('test');
    expect(stripe('checkout.session.completed', { id: 'cs_12345678', mode: 'setup' }).kind).toBe('irrelevant');
    expect(stripe('customer.created', object).kind).toBe('irrelevant');
  });
});
