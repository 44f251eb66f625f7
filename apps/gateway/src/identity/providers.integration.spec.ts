import {
  ExtensionTokenInvalid,
  FinishProvider,
  LoginFromExtension,
  LoginWithWallet,
  ListIdentities,
  PROVIDERS,
  StartProvider,
  StartProviderLink,
  StartWallet,
  UnlinkIdentity,
  ValidationFailed,
} from '#contracts';
import { Edge, type Got, type RunningGateway } from '../../test/gateway-under-test.js';
import { issued } from '../../test/neighbours.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
const AWAY = 'https://provider.example/authorize?state=s';
const HOME = 'https://play.example.com/auth/callback';
const USER = '0197d3a0-0000-7000-8000-000000000001';
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(StartProvider, () => ({ authorize_url: AWAY }));
  edge.neighbours.on(StartProviderLink, () => ({ authorize_url: AWAY }));
});

const cookieOf = ({ headers }: Got, name: string): string | undefined =>
  headers.getSetCookie().find((line) => line.startsWith(`${name}=`));
const BROWSER = '__Host-gatehouse_browser';
const valueOf = (line: string): string => line.slice(line.indexOf('=') + 1, line.indexOf(';'));

describe.each(PROVIDERS)('going to %s', (provider) => {
  it('E-oauth: is 302 to the provider, with a secret for this browser', async () => {
    const got = await gateway.call('GET', `/auth/${provider}?client_id=dashboard&register=true`);
    expect([got.status, got.headers.get('location')]).toEqual([302, AWAY]);
    const cookie = cookieOf(got, BROWSER)!;
    expect(cookie).toMatch(
      /^__Host-gatehouse_browser=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { input } = edge.neighbours.last(StartProvider)!;
    expect(input).toEqual({ provider, client_id: 'dashboard', register: true, browser: valueOf(cookie) });
  });

  it('R-OC1: the callback shows that secret, and every parameter as often as it came', async () => {
    edge.neighbours.on(FinishProvider, () => ({ return_to: HOME, error: 'state_invalid' as const }));
    const secret = 'b'.repeat(43);
    const headers = { cookie: `${BROWSER}=${secret}` };
    const got = await gateway.call('GET', `/auth/${provider}/callback?state=s&code=a&code=b%20c`, { headers });
    expect([got.status, got.headers.get('location')]).toEqual([302, `${HOME}?error=state_invalid`]);
    expect(edge.neighbours.last(FinishProvider)!.input).toEqual({
      provider,
      browser: secret,
      parameters: [
        { name: 'state', value: 's' },
        { name: 'code', value: 'a' },
        { name: 'code', value: 'b c' },
      ],
    });
  });
});

describe('a start', () => {
  it('R-OC1: tabs of one browser share its secret', async () => {
    const secret = 'c'.repeat(43);
    await gateway.call('GET', '/auth/github', { headers: { cookie: `${BROWSER}=${secret}` } });
    expect(edge.neighbours.last(StartProvider)!.input.browser).toBe(secret);
    await gateway.call('GET', '/auth/github', { headers: { cookie: `${BROWSER}=short` } });
    expect(edge.neighbours.last(StartProvider)!.input.browser).toMatch(/^[\w-]{43}$/);
  });

  it('R-SE14: a return address that is refused goes nowhere: 400 and no Location', async () => {
    edge.neighbours.on(StartProvider, () => {
      throw ValidationFailed.with({ errors: [{ field: 'return_to', code: 'not_allowed', detail: 'no' }] });
    });
    const got = await gateway.call('GET', '/auth/github?return_to=https://evil.example/');
    expect([got.status, got.headers.get('location')]).toEqual([400, null]);
    expect(got.body.errors[0].field).toBe('return_to');
  });

  it('another provider is 404, and an unknown parameter 400', async () => {
    expect((await gateway.call('GET', '/auth/myspace')).status).toBe(404);
    expect((await gateway.call('GET', '/auth/github?colour=red')).status).toBe(400);
  });

  it('R-LK7: with a bearer token it links, after a fresh sign-in only', async () => {
    const token = edge.issuer.token();
    expect((await gateway.call('GET', '/auth/github', { token })).status).toBe(302);
    expect(edge.neighbours.last(StartProviderLink)!.actor).toMatchObject({ kind: 'user' });
    expect(edge.neighbours.last(StartProvider)).toBeUndefined();
    const stale = edge.issuer.token({ auth_time: Math.floor(Date.now() / 1000) - 301 });
    const got = await gateway.call('GET', '/auth/github', { token: stale });
    expect([got.status, got.body.code]).toEqual([401, 'insufficient_user_authentication']);
    expect((await gateway.call('GET', '/auth/github', { token: 'nonsense' })).status).toBe(401);
  });

  it('R-LK7: a page asks for its link with its bearer token, and gets the secret of this browser with the address', async () => {
    const token = edge.issuer.token();
    const got = await gateway.call('POST', '/v1/auth/identities/twitch/start', { token, json: { return_to: HOME } });
    expect([got.status, got.body]).toEqual([200, { authorize_url: AWAY }]);
    const { input } = edge.neighbours.last(StartProviderLink)!;
    expect(input).toEqual({ provider: 'twitch', return_to: HOME, browser: valueOf(cookieOf(got, BROWSER)!) });
    const stale = edge.issuer.token({ auth_time: Math.floor(Date.now() / 1000) - 301 });
    expect((await gateway.call('POST', '/v1/auth/identities/twitch/start', { token: stale })).status).toBe(401);
    expect((await gateway.call('POST', '/v1/auth/identities/twitch/start')).status).toBe(401);
    expect((await gateway.call('POST', '/v1/auth/identities/myspace/start', { token })).status).toBe(404);
  });
});

describe('coming back', () => {
  const back = (): Promise<Got> => gateway.call('GET', '/auth/github/callback?state=s&code=c');

  it('E-oauth.handoff: the session is a cookie, and the address has the person’s id and whether they are new, no more', async () => {
    edge.neighbours.on(FinishProvider, () => ({
      ...{ return_to: `${HOME}?tab=1`, user_id: USER, is_new_user: true },
      signed_in: { issued: issued('dashboard') },
    }));
    const got = await back();
    expect(got.status).toBe(302);
    expect(got.headers.get('location')).toBe(`${HOME}?tab=1&user_id=${USER}&is_new_user=true`);
    const cookie = cookieOf(got, '__Host-dash')!;
    expect(cookie).toContain('=refresh-of-dashboard;');
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax$/);
    expect(got.text).toBe('');
    expect(JSON.stringify([...got.headers])).not.toContain('access');
  });

  it('R-MF7: a second factor is asked for by the page: the question waits in a cookie, once', async () => {
    const challenge = { mfa_required: true as const, mfa_token: 'm'.repeat(64), methods: ['totp'] };
    edge.neighbours.on(FinishProvider, () => ({
      ...{ return_to: HOME, user_id: USER, is_new_user: false },
      signed_in: { challenge },
    }));
    const got = await back();
    expect(got.headers.get('location')).toBe(`${HOME}?mfa_required=true`);
    expect(cookieOf(got, '__Host-dash')).toBeUndefined();
    const cookie = cookieOf(got, '__Host-gatehouse_challenge')!;
    expect(cookie).toMatch(/; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/);
    const headers = { cookie: cookie.split(';')[0]!, origin: 'https://dashboard.example' };
    const asked = await gateway.call('POST', '/v1/auth/mfa/pending', { headers });
    expect([asked.status, asked.body]).toEqual([200, challenge]);
    expect(cookieOf(asked, '__Host-gatehouse_challenge')).toContain('=; Path=/; Max-Age=0;');
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect((await gateway.call('POST', '/v1/auth/mfa/pending', { headers: foreign })).status).toBe(403);
    expect((await gateway.call('POST', '/v1/auth/mfa/pending')).status).toBe(401);
  });

  it('a callback that no provider makes is told as a bad state', async () => {
    edge.neighbours.on(FinishProvider, ({ input }) => {
      expect(input.parameters).toEqual([]);
      return { return_to: HOME, error: 'state_invalid' as const };
    });
    const many = Array.from({ length: 65 }, (_, i) => `p${i}=1`).join('&');
    expect((await gateway.call('GET', `/auth/steam/callback?${many}`)).status).toBe(302);
    expect((await gateway.call('GET', `/auth/steam/callback?code=${'x'.repeat(8_193)}`)).status).toBe(302);
  });
});

describe('linked identities', () => {
  it('B-providers: are listed and taken off; unlinking wants a fresh sign-in', async () => {
    edge.neighbours.on(ListIdentities, () => ({ identities: [] }));
    const token = edge.issuer.token();
    expect((await gateway.call('GET', '/auth/identities', { token })).body).toEqual({ identities: [] });
    expect((await gateway.call('DELETE', `/auth/identities/${USER}`, { token })).status).toBe(204);
    expect(edge.neighbours.last(UnlinkIdentity)!.input).toEqual({ identity_id: USER });
    const stale = edge.issuer.token({ auth_time: Math.floor(Date.now() / 1000) - 301 });
    expect((await gateway.call('DELETE', `/auth/identities/${USER}`, { token: stale })).status).toBe(401);
    expect((await gateway.call('DELETE', '/auth/identities/nonsense', { token })).status).toBe(404);
  });
});

describe('wallets and extensions', () => {
  const address = '0x52908400098527886E0F7030069857D2E4169EE7';

  it('B-providers: the message names the page’s origin when the page is a client’s, else ours', async () => {
    edge.neighbours.on(StartWallet, () => ({ message: 'm' }));
    const ask = (origin: string) =>
      gateway.call('POST', '/auth/web3/nonce', { json: { address }, headers: { origin } });
    expect((await ask('https://dashboard.example')).body).toEqual({ message: 'm' });
    expect(edge.neighbours.last(StartWallet)!.input).toEqual({ address, origin: 'https://dashboard.example' });
    await ask('https://evil.example');
    expect(edge.neighbours.last(StartWallet)!.input).toEqual({ address });
  });

  it('B-providers: a signed message is a sign-in like any other', async () => {
    edge.neighbours.on(LoginWithWallet, () => ({ issued: issued('dashboard') }));
    const json = { message: 'm', signature: `0x${'a'.repeat(130)}`, client_id: 'dashboard' };
    const got = await gateway.call('POST', '/auth/web3/login', { json });
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(cookieOf(got, '__Host-dash')).toBeDefined();
  });

  it.each([
    ['the bearer header', { token: 'a.b.c' }],
    ['the body', { json: { token: 'a.b.c' } }],
  ])('B-extension: the token comes in %s, and no refresh token goes out', async (_where, sent) => {
    edge.neighbours.on(LoginFromExtension, () => ({ issued: issued('extension') }));
    const headers = { 'x-client-id': 'extension' };
    const got = await gateway.call('POST', '/api/v1/extension/auth/login', { ...sent, headers });
    expect([got.status, got.body.token_type]).toEqual([200, 'Bearer']);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(edge.neighbours.last(LoginFromExtension)!.input).toEqual({ token: 'a.b.c', client_id: 'extension' });
  });

  it('B-extension: no token, or a bad one, is 401', async () => {
    expect((await gateway.call('POST', '/v1/extension/auth/login', { json: {} })).status).toBe(401);
    edge.neighbours.on(LoginFromExtension, () => {
      throw ExtensionTokenInvalid.with();
    });
    const got = await gateway.call('POST', '/v1/extension/auth/login', { token: 'a.b.c' });
    expect([got.status, got.body.code]).toEqual([401, 'extension_token_invalid']);
  });
});
