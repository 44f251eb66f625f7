import fc from 'fast-check';
import { describePing, readPing } from './ping.rules.js';

const form = (text: string) => ({ content_type: 'application/x-www-form-urlencoded', raw: Buffer.from(text) });

describe('reading a ping of Gumroad', () => {
  it('G17: never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (b) => {
        expect(describePing({ content_type: 'x', raw: Buffer.from(b) }).kind).toEqual(expect.any(String));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(describePing(form(json)).kind).toEqual(expect.any(String));
      }),
    );
  });

  it('G17: decodes names and values of forms', () => {
    const fields = readPing(form('variants%5BTier%5D=A+%26+B&empty=&a%3Db=c%2Bd'))!;
    expect([...fields]).toEqual([
      ['variants[Tier]', 'A & B'],
      ['empty', ''],
      ['a=b', 'c+d'],
    ]);
  });

  it('tells orders, tests and the rest apart', () => {
    const kinds = ['sale', 'refund', 'dispute', 'dispute_won'].map((r) =>
      describePing(form(`resource_name=${r}&sale_id=a-_1%3D%3D`)),
    );
    expect(kinds).toEqual(
      kinds.map((k) => ({ kind: 'order', order_id: 'a-_1==', resource: (k as { resource: string }).resource })),
    );
    expect(describePing(form('sale_id=abc'))).toEqual({ kind: 'test', order_id: 'abc', resource: null });
    expect(describePing(form('sale_id=abc&resource_name=sale&test=true')).kind).toBe('test');
    expect(describePing(form('resource_name=subscription_ended&subscription_id=x')).kind).toBe('not_understood');
    const purchases = 'purchase_ids%5B%5D=&purchase_ids%5B0%5D=no%20id&purchase_ids%5B%5D=abc%3D%3D';
    expect(describePing(form(`resource_name=subscription_ended&${purchases}`))).toEqual({
      kind: 'order',
      order_id: 'abc==',
      resource: 'subscription_ended',
    });
    expect(describePing(form('resource_name=sale')).kind).toBe('not_understood');
  });

  it('takes no member that is inherited', () => {
    const json = {
      content_type: 'application/json',
      raw: Buffer.from('{"__proto__":{"sale_id":"abc","resource_name":"sale"}}'),
    };
    expect(describePing(json).kind).toBe('not_understood');
  });
});
