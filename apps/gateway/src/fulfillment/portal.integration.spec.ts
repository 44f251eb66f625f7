import {
  ListPortalLicenses,
  OpenPortal,
  RenewalNotPaid,
  RenewPortalLicense,
  RequestPortalLink,
  ResendPortalLicense,
  Unauthenticated,
} from '#contracts';
import { Edge, PUBLIC_URL, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(RequestPortalLink, () => ({}));
  edge.neighbours.on(OpenPortal, () => ({
    session: 'the-session',
    expires_at: new Date(Date.now() + 1_800_000).toISOString(),
  }));
});

const cookie = '__Host-gatehouse-portal=the-session';
const RENEW = '/v1/portal/licenses/DT1-PRO-AAAA-BBBB/renew';

it.each(['/v1/portal/links', '/portal/links', '/api/v1/portal/links'])('D-portal P3: POST %s is 202', async (path) => {
  const got = await gateway.call('POST', path, { json: { email: 'ada@example.com' } });
  expect([got.status, got.body]).toEqual([202, {}]);
});

it('P1: opening the page twenty times asks nobody anything; it loads nothing but its own nonce', async () => {
  for (let n = 0; n < 10; n++) {
    for (const method of ['GET', 'HEAD']) expect((await gateway.call(method, '/portal')).status).toBe(200);
  }
  const got = await gateway.call('GET', '/portal');
  const nonce = /<script nonce="([^"]+)">/.exec(got.text)![1]!;
  expect(got.headers.get('content-security-policy')).toContain(`script-src 'nonce-${nonce}'`);
  expect(got.headers.get('cache-control')).toBe('no-store');
  expect(edge.neighbours.last(OpenPortal)).toBeUndefined();
});

it('D-portal: the token is exchanged for a cookie of half an hour that scripts and other sites do not get', async () => {
  const got = await gateway.call('POST', '/v1/portal/session', {
    json: { token: 'abc' },
    headers: { origin: PUBLIC_URL },
  });
  expect([got.status, got.text]).toEqual([204, '']);
  const [set] = got.headers.getSetCookie();
  expect(set).toMatch(
    /^__Host-gatehouse-portal=the-session; Path=\/; Max-Age=(17\d\d|1800); HttpOnly; Secure; SameSite=Strict$/,
  );
});

it('P1: another site can neither open a portal here nor act in it', async () => {
  const headers = { cookie, origin: 'https://evil.example' };
  for (const path of ['/v1/portal/session', RENEW]) {
    const got = await gateway.call('POST', path, { json: path === RENEW ? {} : { token: 'abc' }, headers });
    expect(got.status).toBe(403);
  }
  expect(edge.neighbours.last(RenewPortalLicense)).toBeUndefined();
});

it('D-portal D-renew: list, resend and renew go by the cookie; 402 carries the checkout', async () => {
  edge.neighbours.on(ListPortalLicenses, () => ({ licenses: [] }));
  edge.neighbours.on(ResendPortalLicense, () => ({}));
  edge.neighbours.on(RenewPortalLicense, () => {
    throw RenewalNotPaid.with({ members: { checkout_url: 'https://shop.example/pro' } });
  });
  expect((await gateway.call('GET', '/v1/portal/licenses', { headers: { cookie } })).body).toEqual({ licenses: [] });
  expect(edge.neighbours.last(ListPortalLicenses)!.input).toEqual({ session: 'the-session' });
  const resent = await gateway.call('POST', RENEW.replace('renew', 'resend'), { headers: { cookie } });
  expect([resent.status, edge.neighbours.last(ResendPortalLicense)!.input.license_key]).toEqual([
    202,
    'DT1-PRO-AAAA-BBBB',
  ]);
  const got = await gateway.call('POST', RENEW, { json: {}, headers: { cookie } });
  expect(got.status).toBe(402);
  expect(got.body).toMatchObject({ code: 'renewal_not_paid', checkout_url: 'https://shop.example/pro' });
});

it('D-portal: without a session it is 401', async () => {
  edge.neighbours.on(ListPortalLicenses, () => {
    throw Unauthenticated.with();
  });
  expect((await gateway.call('GET', '/v1/portal/licenses')).status).toBe(401);
  expect(edge.neighbours.last(ListPortalLicenses)!.input).toEqual({ session: '' });
});

it('P4: the sixth link of an address within the hour is 429', async () => {
  const strict = await edge.gateway({ RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.0/8' });
  const headers = { 'x-forwarded-for': '198.51.100.6' };
  const ask = () => strict.call('POST', '/v1/portal/links', { json: { email: 'ada@example.com' }, headers });
  for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(202);
  const got = await ask();
  expect(got.status).toBe(429);
  expect(Number(got.headers.get('retry-after'))).toBeGreaterThan(0);
});
