import { readPing } from './ping.rules.js';
import { pingSnapshot, renewedKey, saleSnapshot } from './sale.rules.js';
import { subscriptionSnapshot } from './subscription.rules.js';

const SALE = { id: 'abc==', purchase_email: 'a@example.com', email: 'account@example.com', product_permalink: 'pro' };

describe('a sale as a snapshot', () => {
  it('takes the address typed at checkout, and absent members as false', () => {
    expect(saleSnapshot('abc==', SALE)).toMatchObject({
      email: 'a@example.com',
      product: { permalink: 'pro' },
      kind: 'sale',
      refund: 'none',
      dispute: 'none',
      test: false,
    });
  });

  it.each([
    [{ partially_refunded: true }, { refund: 'partial' }],
    [{ refunded: true, partially_refunded: true }, { refund: 'full' }],
    [{ disputed: true }, { dispute: 'open' }],
    [{ disputed: true, dispute_won: true }, { dispute: 'won' }],
    [{ recurring_charge: true }, { kind: 'renewal' }],
    [{ is_preorder_authorization: true }, { kind: 'preorder' }],
    [{ is_gift_sender_purchase: true }, { kind: 'gift_sent' }],
    [{ is_gift_receiver_purchase: true }, { kind: 'sale', gift: true }],
    [{ is_bundle_product_purchase: true }, { kind: 'bundle_part' }],
    [{ quantity: 3 }, { quantity: 3 }],
    [{ variants: { Tier: 'Pro', Seats: '5' } }, { product: expect.objectContaining({ variant: 'Pro, 5' }) }],
    [{ variants: { Tier: { toString: null } } }, { product: expect.objectContaining({ variant: null }) }],
    [{ subscription_duration: 'quarterly' }, { period_months: 3 }],
    [{ subscription_duration: 'constructor' }, { period_months: null }],
    [{ url_params: { license_key: 'DT1-PRO-AAAA-BBBB' } }, { renews: 'DT1-PRO-AAAA-BBBB' }],
    [{ custom_fields: { 'License key': ' DT1-PRO-AAAA-BBBB ' } }, { renews: 'DT1-PRO-AAAA-BBBB' }],
    [{ custom_fields: { 'License key': "no key'; --" } }, { renews: null }],
    [{ purchaser_id: 's', seller_id: 's' }, { test: true }],
    [{ full_name: ' Ada\0 ' }, { name: 'Ada' }],
    [{ full_name: { toString: null } }, { name: null }],
  ])('reads %j', (members, expected) => {
    expect(saleSnapshot('abc==', { ...SALE, ...members })).toMatchObject(expected);
  });

  it('D-renew: the key that a checkout was opened with is told by pings alone, in forms and in JSON', () => {
    const ping = (text: string) => ({ content_type: 'x', raw: Buffer.from(text) });
    const told = 'sale_id=abc&resource_name=sale&url_params%5Blicense_key%5D=DT1-PRO-AAAA-BBBB';
    const json = { sale_id: 'abc', resource_name: 'sale', url_params: { license_key: 'DT1-PRO-AAAA-BBBB' } };
    expect(renewedKey([ping('sale_id=abc'), ping(told)])).toBe('DT1-PRO-AAAA-BBBB');
    expect(renewedKey([ping(JSON.stringify(json))])).toBe('DT1-PRO-AAAA-BBBB');
    expect(renewedKey([ping(`${told}&test=true`), ping('nonsense')])).toBeNull();
  });

  it.each([
    [
      { status: 'alive', cancelled_at: null },
      { state: 'active', access_until: null },
    ],
    [
      { status: 'pending_cancellation', cancelled_at: '2026-12-01T00:00:00Z' },
      { state: 'cancelled', access_until: '2026-12-01T00:00:00.000Z' },
    ],
    [
      { status: 'cancelled', cancelled_at: '2026-12-01T00:00:00Z' },
      { state: 'ended', access_until: '2026-12-01T00:00:00.000Z' },
    ],
    [
      { status: 'failed_payment', failed_at: '2026-12-02T00:00:00Z' },
      { state: 'ended', access_until: '2026-12-02T00:00:00.000Z' },
    ],
    [{ ended_at: '2026-12-03T00:00:00Z' }, { state: 'ended', access_until: '2026-12-03T00:00:00.000Z' }],
    [{ status: 'alive', purchase_ids: ['a', 7, 'b'] }, { order_ids: ['a', 'b'] }],
    [
      { cancelled_at: 'nonsense', purchase_ids: 'a' },
      { state: 'active', access_until: null, order_ids: [] },
    ],
  ])('G9: reads the subscriber %j', (subscriber, expected) => {
    expect(subscriptionSnapshot('s', subscriber)).toMatchObject(expected);
  });

  it('G5: from pings alone, what one of them says stays said', () => {
    const pings = [
      'refunded=true&email=a%40example.com&permalink=pro',
      'refunded=false&disputed=true',
      'dispute_won=true',
    ].map((text) => readPing({ content_type: 'x', raw: Buffer.from(text) })!);
    const told = pingSnapshot('abc==', pings);
    expect(told).toMatchObject({ refund: 'full', dispute: 'won', product: { permalink: 'pro' } });
    expect(pingSnapshot('abc==', [])).toBeNull();
  });
});
