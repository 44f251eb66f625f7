import { readPing } from './ping.rules.js';
import { pingSnapshot, saleSnapshot } from './sale.rules.js';

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
    [{ purchaser_id: 's', seller_id: 's' }, { test: true }],
    [{ full_name: ' Ada\0 ' }, { name: 'Ada' }],
    [{ full_name: { toString: null } }, { name: null }],
  ])('reads %j', (members, expected) => {
    expect(saleSnapshot('abc==', { ...SALE, ...members })).toMatchObject(expected);
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
