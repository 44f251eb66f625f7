import fc from 'fast-check';
import type { LicenseTerms } from '../products/product-catalog.js';
import type { OrderSnapshot, ProductRef, SubscriptionSnapshot } from '../storefronts/order-snapshot.js';
import { addMonths, endOfAccess, paidUntil } from './paid-period.rules.js';
import { decideSubscription } from './subscription.rules.js';

const TIERS: Record<string, LicenseTerms> = { core: { tier: 'core', years: 1 }, pro: { tier: 'pro', years: 1 } };
const termsOf = ({ permalink }: ProductRef) => TIERS[permalink ?? ''] ?? null;
const product = (permalink: string): ProductRef => ({ id: null, permalink, name: null });
const charge = (order_id: string, changes: Partial<OrderSnapshot> = {}): OrderSnapshot => ({
  order_id,
  email: 'a@example.com',
  name: null,
  product: product('core'),
  kind: order_id === 'a' ? 'sale' : 'renewal',
  refund: 'none',
  dispute: 'none',
  test: false,
  price_cents: 900,
  quantity: 1,
  subscription_id: 's',
  sold_at: `2026-0${'abcdefgh'.indexOf(order_id) + 1}-10T00:00:00.000Z`,
  period_months: 1,
  ...changes,
});
const state = (changes: Partial<SubscriptionSnapshot>): SubscriptionSnapshot => ({
  id: 's',
  state: 'active',
  access_until: null,
  product: null,
  order_ids: [],
  ...changes,
});
const until = (first: OrderSnapshot, ...others: OrderSnapshot[]) => {
  const decision = decideSubscription(first, others, termsOf);
  return decision.license === 'active' ? decision.terms.paid_until?.slice(0, 10) : decision.license;
};

describe('deciding about a subscription', () => {
  it.each([
    ['G8 its first sale', [charge('a')], '2026-02-10'],
    ['G8 a charge more', [charge('a'), charge('b')], '2026-03-10'],
    ['G8 charges of one moment', [charge('a'), charge('b', { sold_at: charge('a').sold_at })], '2026-03-10'],
    ['G8 a charge after a pause', [charge('a'), charge('e')], '2026-06-10'],
    [
      'G8 a charge whose store tells the end',
      [charge('a'), charge('b', { paid_until: '2026-03-12T00:00:00Z' })],
      '2026-03-12',
    ],
    ['G6 a charge that was refunded in part', [charge('a'), charge('b', { refund: 'partial' })], '2026-03-10'],
    ['a charge that was refunded', [charge('a'), charge('b', { refund: 'full' })], '2026-02-10'],
    ['a first sale that was refunded', [charge('a', { refund: 'full' }), charge('b')], '2026-03-10'],
    ['a charge whose dispute was lost', [charge('a'), charge('b', { dispute: 'lost' })], '2026-02-10'],
    ['G10 a charge in dispute', [charge('a'), charge('b', { dispute: 'open' })], 'suspended'],
    ['G10 a dispute that was won', [charge('a'), charge('b', { dispute: 'won' })], '2026-03-10'],
    ['everything refunded', [charge('a', { refund: 'full' }), charge('b', { refund: 'full' })], 'revoked'],
    ['a lost dispute about all there is', [charge('a', { dispute: 'lost' })], 'revoked'],
    ['G7 a test', [charge('a', { test: true })], 'untouched'],
    ['G15 an unmapped product', [charge('a', { product: product('poster') })], 'untouched'],
    [
      'an upgrade in the middle of a period',
      [charge('a'), charge('b', { product: product('pro'), sold_at: '2026-01-20T00:00:00Z' })],
      '2026-02-20',
    ],
  ] as const)('%s', (_, [first, ...others], expected) => {
    expect(until(first, ...others)).toBe(expected);
  });

  it.each([
    ['cancelled', { state: 'cancelled', access_until: '2026-02-09T20:00:00Z' }, '2026-02-10'],
    ['cancelled at once', { state: 'cancelled', access_until: '2026-01-20T00:00:00Z' }, '2026-01-20'],
    ['ended', { state: 'ended', access_until: '2026-02-09T20:00:00Z' }, '2026-02-09'],
    ['ended with what is paid', { state: 'ended', access_until: null }, '2026-02-10'],
    ['restarted', { state: 'active', access_until: '2026-01-20T00:00:00Z' }, '2026-02-10'],
  ] as const)('G9: one that was %s keeps what is paid and no more', (_, changes, expected) => {
    expect(until(charge('a', { subscription: state(changes) }))).toBe(expected);
  });

  it('the tier is that of the charge kept last, unless the store itself says which it is', () => {
    const tierOf = (...orders: [OrderSnapshot, ...OrderSnapshot[]]) => {
      const decision = decideSubscription(orders[0], orders.slice(1), termsOf);
      return decision.license === 'active' && decision.terms.tier;
    };
    const upgrade = charge('b', { product: product('pro') });
    expect(tierOf(charge('a'), upgrade)).toBe('pro');
    expect(tierOf(charge('a'), { ...upgrade, refund: 'full' })).toBe('core');
    expect(tierOf(charge('a', { subscription: state({ product: product('core') }) }), upgrade)).toBe('core');
  });

  it('G5: the order in which charges became known decides nothing', () => {
    const changes = fc.record({
      refund: fc.constantFrom('none' as const, 'partial' as const, 'full' as const),
      dispute: fc.constantFrom('none' as const, 'open' as const, 'lost' as const, 'won' as const),
      product: fc.constantFrom(product('core'), product('pro')),
      period_months: fc.constantFrom(1, 3, 12, null),
      sold_at: fc
        .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
        .map((d) => d.toISOString()),
    });
    const family = fc
      .array(changes, { minLength: 1, maxLength: 7 })
      .map((all) => all.map((c, i) => charge('abcdefgh'[i]!, c)));
    fc.assert(
      fc.property(family, fc.infiniteStream(fc.nat()), ([first, ...others], random) => {
        const shuffled = others.map((o) => ({ o, at: random.next().value as number })).sort((x, y) => x.at - y.at);
        const again = decideSubscription(
          first!,
          shuffled.map(({ o }) => o),
          termsOf,
        );
        expect(again).toEqual(decideSubscription(first!, others, termsOf));
      }),
    );
  });
});

describe('paid periods', () => {
  it('end on the same day of a later month, or on its last', () => {
    const ends = [1, 3, 12, 13].map((n) => addMonths(new Date('2027-01-31T10:00:00Z'), n).toISOString().slice(0, 10));
    expect(ends).toEqual(['2027-02-28', '2027-04-30', '2028-01-31', '2028-02-29']);
  });

  it('are unknown while no store told when anything was sold', () => {
    expect(paidUntil([{ order: charge('a', { sold_at: null }), tier: 'core', months: 1 }])).toBeNull();
    expect(until(charge('a', { sold_at: null }))).toBeUndefined();
    const paid = new Date('2026-02-10T00:00:00Z');
    expect(endOfAccess(paid, state({ state: 'ended', access_until: 'nonsense' }))).toBe(paid);
  });
});
