import { NotFound, RecordStorefrontEvent, SignatureInvalid, Unavailable, WebhookUnauthenticated } from '#contracts';
import { Edge, type Got, type RunningGateway, type Sent } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const ping = (path: string, sent: Sent): Promise<Got> => gateway.call('POST', path, sent);
const recorded = () => edge.neighbours.last(RecordStorefrontEvent)!.input;

it.each([
  ['the path', '/webhooks/gumroad/s3cret', {}],
  ['the query', '/webhooks/gumroad?secret=s3cret', {}],
  [
    'the name of Basic auth',
    '/webhooks/gumroad',
    { authorization: `Basic ${Buffer.from('s3cret:').toString('base64')}` },
  ],
  ['Basic auth', '/webhooks/gumroad', { authorization: `Basic ${Buffer.from('gumroad:s3cret').toString('base64')}` }],
])('D-webhook G1: the secret may stand in %s', async (_, path, headers) => {
  const got = await ping(path, { form: { sale_id: 'abc==' }, headers: headers as Record<string, string> });
  expect([got.status, got.body]).toEqual([200, {}]);
  expect(recorded().secret).toBe('s3cret');
});

it.each([
  ['form', 'application/x-www-form-urlencoded', 'sale_id=abc%3D%3D&custom%5Bemail%5D=a%26b&x=%FF&x=2'],
  ['JSON', 'application/json', '{"sale_id": "abc==" ,"__proto__": {"a": 1}}'],
  ['broken JSON', 'application/json', '{"sale_id":'],
  ['text', 'text/plain', 'hello'],
  ['bytes of no type', '', Buffer.from([0, 255, 128, 10]).toString('latin1')],
  ['nothing', 'application/json', ''],
])('G17: %s arrives byte for byte and is 200', async (_, type, text) => {
  const body = Buffer.from(text, 'latin1');
  const got = await ping('/webhooks/gumroad/s3cret', { body, headers: type ? { 'content-type': type } : {} });
  expect(got.status).toBe(200);
  expect(Buffer.from(recorded().body, 'base64').equals(body)).toBe(true);
  if (type) expect(recorded().content_type).toBe(type);
});

it('a ping of 200 KiB is taken, one over 256 KiB is 413', async () => {
  expect((await ping('/webhooks/gumroad/s3cret', { body: 'x'.repeat(200 * 1024) })).status).toBe(200);
  expect((await ping('/webhooks/gumroad/s3cret', { body: 'x'.repeat(257 * 1024) })).status).toBe(413);
});

it('G1: a wrong secret is 401, and the answer does not repeat it', async () => {
  edge.neighbours.on(RecordStorefrontEvent, () => {
    throw WebhookUnauthenticated.with();
  });
  for (const path of ['/webhooks/gumroad/wr0ng', `/webhooks/gumroad?secret=${'x'.repeat(600)}`, '/webhooks/gumroad']) {
    const got = await ping(path, { form: { sale_id: '1' } });
    expect([got.status, got.body.code, got.body.instance]).toEqual([
      401,
      'webhook_unauthenticated',
      '/webhooks/gumroad',
    ]);
    expect(got.text).not.toContain('wr0ng');
  }
  for (const path of ['/webhooks/gumroad/wr0ng', '/webhooks/mail/postmark/wr0ng']) {
    const got = await gateway.call('GET', path);
    expect([got.status, got.text]).toEqual([405, expect.not.stringContaining('wr0ng')]);
  }
  for (const line of edge.lines) expect(line).not.toContain('wr0ng');
});

it('G16: a store that hangs up after 5 seconds is told 503 before', () => {
  expect(RecordStorefrontEvent.timeoutMs).toBeLessThan(5_000);
});

it('G16: what cannot be stored is 503', async () => {
  edge.neighbours.on(RecordStorefrontEvent, () => {
    throw Unavailable.with();
  });
  expect((await ping('/webhooks/gumroad/s3cret', { form: { sale_id: '1' } })).status).toBe(503);
});

describe.each([
  ['lemonsqueezy', 'x-signature'],
  ['paddle', 'paddle-signature'],
  ['stripe', 'stripe-signature'],
])('D-webhook: /webhooks/%s', (store, header) => {
  const path = `/webhooks/${store}`;
  const body = Buffer.from('{ "id" :\t"evt_1", "x": "\u00e9\\u00e9" }\r\n');

  it('SIG1: hands on the bytes as they arrived and the signature beside them', async () => {
    const headers = { [header]: 't=1,v1=ab', 'content-type': 'application/json' };
    const got = await ping(path, { body, headers });
    expect([got.status, got.body]).toEqual([200, {}]);
    expect(recorded()).toMatchObject({ store, signature: 't=1,v1=ab', content_type: 'application/json' });
    expect(Buffer.from(recorded().body, 'base64').equals(body)).toBe(true);
    expect(recorded().secret).toBeUndefined();
  });

  it('SIG1: a signature that is wrong, missing or too long to be one is 400 signature_invalid', async () => {
    edge.neighbours.on(RecordStorefrontEvent, () => {
      throw SignatureInvalid.with();
    });
    for (const headers of [{ [header]: 'wr0ng' }, {}, { [header]: 'x'.repeat(5000) }] as Record<string, string>[]) {
      const got = await ping(path, { body, headers });
      expect([got.status, got.body.code]).toEqual([400, 'signature_invalid']);
      expect(recorded().signature ?? '').not.toContain('xxx');
      expect(got.text).not.toContain('wr0ng');
    }
  });

  it('is 404 when the store is not configured, 503 when the event cannot be stored', async () => {
    edge.neighbours.on(RecordStorefrontEvent, () => {
      throw NotFound.with();
    });
    expect((await ping(path, { body })).status).toBe(404);
    edge.neighbours.on(RecordStorefrontEvent, () => {
      throw Unavailable.with();
    });
    expect((await ping(path, { body })).status).toBe(503);
  });
});
