import { eventually, pause } from '../../../test/support/eventually.js';
import { Browser } from '../test/browser.js';
import { Gateway } from '../test/gateway.js';
import { GatehouseClient, type RefreshTokenStore } from './index.js';

let gateway: Gateway;
const clients: GatehouseClient[] = [];

beforeEach(async () => {
  gateway = await Gateway.start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await gateway.stop();
});

const WHO = { username: 'rowan', password: 'lantern' };
const REFRESH = 'POST /v1/auth/refresh';

function clientOf(options: Partial<ConstructorParameters<typeof GatehouseClient>[0]> = {}): GatehouseClient {
  const client = new GatehouseClient({
    baseUrl: gateway.url,
    delivery: 'body',
    platform: { random: () => 0.01 },
    ...options,
  });
  clients.push(client);
  return client;
}

async function signedIn(options = {}): Promise<GatehouseClient> {
  const client = clientOf(options);
  await client.login(WHO);
  return client;
}

const until = (what: string, holds: () => boolean) => eventually(what, 30_000, async () => holds() || undefined);
const storeOf = (token?: string): RefreshTokenStore & { token?: string } => ({
  token,
  async load() {
    return this.token;
  },
  async save(next) {
    this.token = next;
  },
});

describe('B-silent-refresh a session', () => {
  it('B-silent-refresh: a refused token is refreshed once for all requests, and each is sent once more', async () => {
    const client = await signedIn();
    gateway.session.expire();
    const people = await Promise.all(Array.from({ length: 20 }, () => client.me()));
    expect(people.map((p) => p.id)).toEqual(Array(20).fill('person-1'));
    expect(gateway.count(REFRESH)).toBe(1);
    expect(gateway.count('GET /v1/auth/me')).toBe(40);
  });

  it('B-silent-refresh: a request that is refused again is not sent a third time', async () => {
    const client = await signedIn();
    gateway.session.accepts = () => false;
    await expect(client.me()).rejects.toMatchObject({ status: 401, code: 'invalid_token' });
    expect([gateway.count(REFRESH), gateway.count('GET /v1/auth/me')]).toEqual([1, 2]);
  });

  it('B-silent-refresh: a wrong password is no refused token', async () => {
    const client = await signedIn();
    const change = client.session.json('/v1/auth/password/change', { method: 'POST', body: '{}' });
    await expect(change).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(gateway.count(REFRESH)).toBe(0);
  });

  it('B-silent-refresh: the token is refreshed before it ends, without anybody asking', async () => {
    gateway.session.expiresIn = 1;
    await signedIn();
    await until('two refreshes', () => gateway.count(REFRESH) >= 2);
    expect(gateway.session.presented.slice(0, 2)).toEqual(['refresh-10', 'refresh-11']);
  });

  it('B-silent-refresh R-RF5: after a lost answer the same refresh token is sent again', async () => {
    const client = await signedIn();
    gateway.session.expire();
    gateway.session.beforeAnswer = (response, nth) => nth > 2 || (response.destroy(), false);
    expect((await client.me()).id).toBe('person-1');
    expect(gateway.session.presented).toEqual(['refresh-10', 'refresh-10', 'refresh-10']);
    gateway.session.expire();
    await client.me();
    expect(gateway.session.presented.at(-1)).toBe('refresh-11');
  });

  it('B-silent-refresh R-BF7: a limit or an overload signs nobody out, and its Retry-After is kept', async () => {
    const client = await signedIn();
    gateway.session.expire();
    const at: number[] = [];
    gateway.session.problem = (nth) => {
      at.push(performance.now());
      if (nth === 1) return { status: 429, code: 'rate_limited', headers: { 'retry-after': '1' } };
      return nth === 2 ? { status: 503, code: 'unavailable' } : undefined;
    };
    expect((await client.me()).id).toBe('person-1');
    // A timer may go off a millisecond early.
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(990);
    expect(client.session.user?.id).toBe('person-1');
  });

  it('B-silent-refresh: a session that the server has ended is told once, and asked for no more', async () => {
    const client = await signedIn();
    const codes: string[] = [];
    client.session.on('signed_out', ({ code }) => codes.push(code));
    gateway.session.ended = true;
    gateway.session.expire();
    const answers = await Promise.allSettled([client.me(), client.me(), client.license()]);
    expect(answers.map((a) => a.status)).toEqual(Array(3).fill('rejected'));
    await expect(client.me()).rejects.toMatchObject({ name: 'SignedOutError', code: 'refresh_token_invalid' });
    expect([codes, gateway.count(REFRESH), client.session.user]).toEqual([['refresh_token_invalid'], 1, undefined]);
  });

  it('B-silent-refresh: whoever waits may stop waiting, and the others get their tokens', async () => {
    const client = await signedIn();
    gateway.session.expire();
    let answer!: () => void;
    gateway.session.beforeAnswer = () => new Promise((resolve) => (answer = () => resolve(true)));
    const stop = new AbortController();
    const one = client.me(stop.signal);
    const other = client.me();
    await until('the refresh', () => gateway.count(REFRESH) === 1);
    stop.abort();
    await expect(one).rejects.toMatchObject({ name: 'AbortError' });
    answer();
    expect((await other).id).toBe('person-1');
    expect(gateway.count(REFRESH)).toBe(1);
  });

  it('B-silent-refresh: an answer that comes after the sign-out brings nobody back', async () => {
    const store = storeOf();
    const client = await signedIn({ store });
    gateway.session.expire();
    let answer!: () => void;
    gateway.session.beforeAnswer = () => new Promise((resolve) => (answer = () => resolve(true)));
    const late = client.me();
    await until('the refresh', () => gateway.count(REFRESH) === 1);
    await client.logout();
    answer();
    await expect(late).rejects.toMatchObject({ name: 'SignedOutError' });
    expect([client.session.user, store.token]).toEqual([undefined, undefined]);
  });

  it('B-silent-refresh: a clock that is wrong does no harm, and one that is set back means a refresh', async () => {
    const browser = new Browser();
    browser.skewMs = -400 * 86_400_000;
    const client = await signedIn({ ...browser.tab(), delivery: 'body' });
    await client.me();
    expect(gateway.count(REFRESH)).toBe(0);
    browser.skewMs -= 3_600_000;
    await client.me();
    expect(gateway.count(REFRESH)).toBe(1);
    browser.close();
  });

  it('B-silent-refresh: after a sleep the token is refreshed when the page is back', async () => {
    const browser = new Browser();
    const client = await signedIn({ ...browser.tab(), delivery: 'body' });
    browser.skewMs = 8 * 3_600_000;
    browser.wake();
    await until('the refresh', () => gateway.count(REFRESH) === 1);
    expect((await client.me()).id).toBe('person-1');
    expect(gateway.count('GET /v1/auth/me')).toBe(1);
    browser.close();
  });

  it('B-silent-refresh: the next token being due holds no request up', async () => {
    gateway.session.expiresIn = 60;
    const browser = new Browser();
    const client = await signedIn({ ...browser.tab(), delivery: 'body' });
    gateway.session.problem = () => ({ status: 503, code: 'unavailable' });
    browser.skewMs = 50_000;
    expect((await client.me()).id).toBe('person-1');
    browser.close();
  });

  it('B-silent-refresh: a program goes on with the token in its store, and with the newer one of another process', async () => {
    const store = storeOf();
    const one = await signedIn({ store });
    expect(store.token).toBe('refresh-10');
    const other = clientOf({ store, platform: { channel: () => undefined } });
    expect((await other.session.restore())?.id).toBe('person-1');
    await other.refresh();
    expect(store.token).toBe('refresh-12');
    gateway.session.expire();
    expect((await one.me()).id).toBe('person-1');
    expect(gateway.session.presented).toEqual(['refresh-10', 'refresh-11', 'refresh-12']);
    await one.logout();
    expect([store.token, await clientOf({ store }).session.restore()]).toEqual([undefined, undefined]);
  });

  it('B-silent-refresh: nothing is left running after close()', async () => {
    const client = await signedIn();
    gateway.session.expire();
    gateway.session.problem = () => ({ status: 503, code: 'unavailable', headers: { 'retry-after': '1' } });
    const waiting = client.me();
    await until('a refresh', () => gateway.count(REFRESH) === 1);
    client.close();
    await expect(waiting).rejects.toMatchObject({ name: 'SignedOutError', code: 'closed' });
    await pause(1_300);
    expect(gateway.count(REFRESH)).toBe(1);
  });

  it('A-errors: problems carry code, fields and request id; an answer without a problem has its status', async () => {
    const client = clientOf({
      fetch: async () =>
        new Response(
          JSON.stringify({ code: 'validation_failed', detail: 'no', errors: [{ field: 'email' }], request_id: 'r-1' }),
          { status: 400 },
        ),
    });
    await expect(client.login(WHO)).rejects.toMatchObject({
      name: 'ProblemError',
      status: 400,
      code: 'validation_failed',
      message: 'no',
      extras: { errors: [{ field: 'email' }], requestId: 'r-1' },
    });
    const behindProxy = clientOf({ fetch: async () => new Response('<html>', { status: 502 }) });
    await expect(behindProxy.login(WHO)).rejects.toMatchObject({ status: 502, code: 'http_502', temporary: true });
    const away = clientOf({ baseUrl: 'http://127.0.0.1:1' });
    await expect(away.login(WHO)).rejects.toMatchObject({ name: 'NoAnswerError' });
  });

  it('C-mfa.login: a second factor is asked for, and its answer adopted', async () => {
    const challenge = { mfa_required: true, mfa_token: 'm', methods: ['totp'] };
    const client = clientOf({ fetch: async () => Response.json(challenge) });
    expect(await client.login(WHO)).toEqual(challenge);
    expect(client.session.user).toBeUndefined();
  });
});
