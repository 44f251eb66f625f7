import { LimitsService } from './limits.service.js';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;

beforeAll(async () => {
  edge = await Edge.start();
});
afterAll(() => edge.stop());

/** Each test counts as an address of its own. */
let address = 0;
const proxied = { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.0/8' };
const from = (ip: string) => ({ 'x-forwarded-for': ip });
const freshAddress = () => `198.51.100.${++address}`;

const login = (gateway: RunningGateway, ip: string) =>
  gateway.call('POST', '/v1/auth/login', { json: { username: 'a', password: 'b' }, headers: from(ip) });
/** Five an hour: another one comes free every twelve minutes, later than a busy machine needs for anything. */
const forget = (gateway: RunningGateway, ip: string) =>
  gateway.call('POST', '/v1/auth/password/forgot', { json: { email: 'a@example.com' }, headers: from(ip) });
/** Statuses of as many requests, in order of their numbers; all at once, because one more comes free every few seconds. */
const statuses = async (times: number, ask: () => Promise<{ status: number }>) => {
  const all = await Promise.all(Array.from({ length: times }, ask));
  return all.map(({ status }) => status).sort();
};
const ok = (n: number) => Array<number>(n).fill(200);

it('E-limits R-BF2: ten sign-ins a minute, the eleventh is 429 with all headers', async () => {
  const gateway = await edge.gateway(proxied);
  const ip = freshAddress();
  const first = await login(gateway, ip);
  expect(first.headers.get('ratelimit-limit')).toBe('10');
  expect(first.headers.get('ratelimit-remaining')).toBe('9');
  expect(await statuses(9, () => login(gateway, ip))).toEqual(ok(9));
  const refused = await login(gateway, ip);
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
  expect((await login(gateway, freshAddress())).status).toBe(200);
});

it('R-BF2: two gateways share one count, also when asked at once', async () => {
  const [one, two] = [await edge.gateway(proxied), await edge.gateway(proxied)];
  const ip = freshAddress();
  const all = await Promise.all(Array.from({ length: 30 }, (_, i) => forget(i % 2 ? one : two, ip)));
  expect(all.filter((a) => a.status === 204)).toHaveLength(5);
  expect(all.filter((a) => a.status === 429)).toHaveLength(25);
});

it('R-BF2: the count survives a restart of gateway and broker', async () => {
  const ip = freshAddress();
  const before = await edge.gateway(proxied);
  expect(await statuses(5, () => forget(before, ip))).toEqual(Array(5).fill(204));
  await before.gateway.close();
  await edge.broker.restart();
  const after = await edge.gateway(proxied);
  expect((await forget(after, ip)).status).toBe(429);
});

it('the broad limit evens out between gateways and over restarts', async () => {
  const small = { ...proxied, LIMIT_TOKEN_PER_MINUTE: '20' };
  const [one, two] = [await edge.gateway(small), await edge.gateway(small)];
  const ip = freshAddress();
  const refresh = (gateway: RunningGateway) =>
    gateway.call('POST', '/v1/auth/refresh', { json: { refresh_token: 'refresh-of-branchpy-cli' }, headers: from(ip) });
  expect(await statuses(21, () => refresh(one))).toEqual([...ok(20), 429]);
  const share = ({ gateway }: RunningGateway) => gateway.app.get(LimitsService, { strict: false }).flush();
  await share(one);
  // A gateway that has not heard yet learns it with its own first share.
  expect(await statuses(3, () => refresh(two))).toEqual(ok(3));
  await share(two);
  expect((await refresh(two)).status).toBe(429);
});

it('R-BF7: a refused refresh reaches nobody and leaves the cookie alone', async () => {
  const gateway = await edge.gateway({ ...proxied, LIMIT_TOKEN_PER_MINUTE: '1' });
  const ip = freshAddress();
  const headers = { ...from(ip), cookie: '__Host-dash=refresh-of-dashboard' };
  const refresh = () => gateway.call('POST', '/v1/auth/refresh', { headers });
  expect((await refresh()).status).toBe(200);
  edge.neighbours.asked.length = 0;
  const refused = await refresh();
  expect([refused.status, refused.headers.get('set-cookie')]).toEqual([429, null]);
  expect(edge.neighbours.asked).toEqual([]);
});

it('R-BF4: X-Forwarded-For counts only from our own proxies, from the right', async () => {
  const direct = await edge.gateway({ RATE_LIMIT_FACTOR: '1' });
  expect(await statuses(10, () => login(direct, freshAddress()))).toEqual(ok(10));
  expect((await login(direct, freshAddress())).status).toBe(429);

  const proxy = await edge.gateway(proxied);
  const ip = freshAddress();
  expect(await statuses(10, () => login(proxy, `${freshAddress()}, ${ip}, 127.0.0.5`))).toEqual(ok(10));
  expect((await login(proxy, `${freshAddress()}, ${ip}, 127.0.0.5`)).status).toBe(429);
});

it('K3: whoever goes through license keys is held up, and what is refused is looked up nowhere', async () => {
  const gateway = await edge.gateway({ ...proxied, LIMIT_VALIDATE_PER_MINUTE: '3' });
  const headers = from(freshAddress());
  const guess = (n: number) =>
    gateway.call('POST', '/v1/license/validate', { json: { license_key: `DTS-PRO-AAAA-000${n}` }, headers });
  const all: number[] = [];
  for (let n = 1; n <= 3; n++) all.push((await guess(n)).status);
  expect(all).not.toContain(429);
  edge.neighbours.asked.length = 0;
  const refused = await guess(4);
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
  expect(edge.neighbours.asked).toEqual([]);
});

it('an IPv6 customer is one /64', async () => {
  const gateway = await edge.gateway(proxied);
  expect(await statuses(10, () => login(gateway, `2001:db8:1:2::${++address}`))).toEqual(ok(10));
  expect((await login(gateway, '2001:db8:1:2:ffff::1')).status).toBe(429);
  expect((await login(gateway, '2001:db8:1:3::1')).status).toBe(200);
});

it('a storefront over its limit is 503, which it comes back after', async () => {
  const gateway = await edge.gateway({ ...proxied, LIMIT_WEBHOOK_PER_MINUTE: '1' });
  const headers = from(freshAddress());
  const ping = () => gateway.call('POST', '/webhooks/gumroad/secret', { form: { sale_id: '1' }, headers });
  expect((await ping()).status).toBe(200);
  const refused = await ping();
  expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
});

it('unknown paths count, too', async () => {
  const gateway = await edge.gateway({ ...proxied, LIMIT_ANY_PER_MINUTE: '2' });
  const headers = from(freshAddress());
  expect(await statuses(3, () => gateway.call('GET', '/nothing', { headers }))).toEqual([404, 404, 429]);
});
