import fc from 'fast-check';
import type { OrderSnapshot } from '../storefronts/order-snapshot.js';
import { decide } from './orders.rules.js';

const TERMS = { tier: 'pro', years: 1 } as const;
const snapshot = (changes: Partial<OrderSnapshot> = {}): OrderSnapshot => ({
  order_id: 'abc==',
  email: 'a@example.com',
  name: null,
  product: { id: 'p', permalink: 'pro', name: 'Pro' },
  kind: 'sale',
  refund: 'none',
  dispute: 'none',
  test: false,
  price_cents: 0,
  quantity: 1,
  subscription_id: null,
  sold_at: null,
  ...changes,
});

describe('deciding about an order', () => {
  it.each([
    ['a sale', {}, 'paid', 'active'],
    ['G6 a partial refund', { refund: 'partial' }, 'paid', 'active'],
    ['G6 a full refund', { refund: 'full' }, 'refunded', 'revoked'],
    ['G10 a dispute', { dispute: 'open' }, 'disputed', 'suspended'],
    ['G10 a dispute that was won', { dispute: 'won' }, 'paid', 'active'],
    ['G10 a refund after a dispute that was won', { dispute: 'won', refund: 'full' }, 'refunded', 'revoked'],
    ['G12 a pre-order', { kind: 'preorder' }, 'unpaid', 'untouched'],
    ['a gift’s giver', { kind: 'gift_sent' }, 'paid', 'untouched'],
    ['a renewal', { kind: 'renewal' }, 'paid', 'untouched'],
    ['G7 a seller’s own purchase', { test: true }, 'test', 'untouched'],
    ['an order without an address', { email: null }, 'paid', 'untouched'],
  ] as const)('%s', (_, changes, standing, license) => {
    expect(decide(snapshot(changes), TERMS)).toMatchObject({ standing, license });
  });

  it('G15: an unmapped product makes nothing, but its refund still takes', () => {
    expect(decide(snapshot(), null)).toMatchObject({
      standing: 'unmapped',
      license: 'untouched',
      parked: expect.any(String),
    });
    expect(decide(snapshot({ refund: 'full' }), null)).toMatchObject({ license: 'revoked' });
  });

  it('G5: no sequence of snapshots leaves a license in force that the last one does not', () => {
    const any = fc.record({
      refund: fc.constantFrom('none', 'partial', 'full'),
      dispute: fc.constantFrom('none', 'open', 'won'),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1 }), (seen) => {
        const last = seen.at(-1)!;
        const decisions = seen.map((s) => decide(snapshot(s as Partial<OrderSnapshot>), TERMS));
        const inForce = last.refund !== 'full' && last.dispute !== 'open';
        expect(decisions.at(-1)!.license === 'active').toBe(inForce);
      }),
    );
  });
});
