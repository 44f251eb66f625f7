import { EraseCustomer, LiftSuppression, RecordMailFeedback, WebhookUnauthenticated } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const recorded = () => edge.neighbours.last(RecordMailFeedback)!.input;
const basic = { authorization: `Basic ${Buffer.from('postmark:s3cret').toString('base64')}` };

it.each([
  ['the path', '/webhooks/mail/postmark/s3cret', {}],
  ['Basic auth', '/webhooks/mail/postmark', basic],
])('D-delivery: Postmark’s secret may stand in %s, and the body arrives byte for byte', async (_, path, headers) => {
  const got = await gateway.call('POST', path, { body: '{"ID": 1 }', headers: headers as Record<string, string> });
  expect([got.status, got.body]).toEqual([200, {}]);
  const { service, secret, body } = recorded();
  expect([service, secret, Buffer.from(body, 'base64').toString()]).toEqual(['postmark', 's3cret', '{"ID": 1 }']);
});

it('D-delivery: SNS says text/plain of its JSON, which is taken', async () => {
  const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification' };
  const got = await gateway.call('POST', '/webhooks/mail/ses', { body: '{"Type":"Notification"}', headers });
  expect(got.status).toBe(200);
  expect(recorded()).toMatchObject({ service: 'ses' });
});

it('D-delivery: what is not proven is 401, and neither answer nor log repeats the secret', async () => {
  edge.neighbours.on(RecordMailFeedback, () => {
    throw WebhookUnauthenticated.with();
  });
  const got = await gateway.call('POST', '/webhooks/mail/postmark/wr0ng', { body: '{}' });
  expect([got.status, got.body.code, got.body.instance]).toEqual([
    401,
    'webhook_unauthenticated',
    '/webhooks/mail/postmark',
  ]);
  for (const line of [got.text, ...edge.lines]) expect(line).not.toContain('wr0ng');
});

it('D-pii: an erasure asks both services, adds up, and passes a dry run on', async () => {
  edge.neighbours.on(EraseCustomer.fulfillment, () => ({ rows: [{ kind: 'orders', rows: 2 }] }));
  edge.neighbours.on(EraseCustomer.licensing, () => ({ rows: [{ kind: 'licenses', rows: 1 }] }));
  const got = await gateway.asRoot('DELETE', '/internal/customers/ada%40example.com?dry_run=true');
  expect([got.status, got.body]).toEqual([
    200,
    {
      erased: 3,
      dry_run: true,
      rows: [
        { kind: 'orders', rows: 2 },
        { kind: 'licenses', rows: 1 },
      ],
    },
  ]);
  for (const part of Object.values(EraseCustomer)) {
    expect(edge.neighbours.last(part)!.input).toEqual({ email: 'ada@example.com', dry_run: true });
  }
});

it('D-pii: no answer and no log line repeats the address that is to be erased or lifted', async () => {
  await gateway.asRoot('DELETE', '/internal/customers/ada%40example.com?no_such=1');
  const lifted = await gateway.asRoot('DELETE', '/internal/mail/suppressions/ada%40example.com');
  expect(lifted.status).toBe(204);
  expect(edge.neighbours.last(LiftSuppression)!.input).toEqual({ email: 'ada@example.com' });
  for (const line of edge.lines) expect(line).not.toMatch(/ada(@|%40)example/);
});

it.each(['/internal/customers', '/internal/mail/suppressions'])(
  'D-pii: an address in %s that cannot be one is 400 by its name, and no service is asked',
  async (path) => {
    const got = await gateway.asRoot('DELETE', `${path}/ada%40`);
    expect([got.status, got.body.code, got.body.instance]).toEqual([400, 'validation_failed', path]);
    expect(got.body.errors).toEqual([{ field: 'email', code: 'invalid_email', detail: expect.any(String) as string }]);
    expect(
      [EraseCustomer.licensing, EraseCustomer.fulfillment, LiftSuppression].map((c) => edge.neighbours.last(c)),
    ).toEqual([undefined, undefined, undefined]);
    for (const line of [got.text, ...edge.lines]) expect(line).not.toMatch(/ada(@|%40)[^e]/);
  },
);
