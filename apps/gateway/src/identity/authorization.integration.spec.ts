import { randomUUID } from 'node:crypto';
import {
  AuthorizationRequestOver,
  BeginAuthorization,
  DecideAuthorization,
  EndAuthorization,
  InvalidCredentials,
  Login,
  LoginMfa,
  MfaCodeInvalid,
  ReadAuthorization,
  ReadBrowserSession,
  ReadUserInfo,
  RedirectNotRegistered,
  type AuthorizationPrompt,
  type AuthorizationStep,
} from '#contracts';
import { Edge, PUBLIC_URL, type Got, type RunningGateway, type Sent } from '../../test/gateway-under-test.js';
import { issued } from '../../test/neighbours.js';

let edge: Edge;
let gateway: RunningGateway;

const COOKIE = '__Host-pages=the-cookie';
const FORM = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };
const EVIL = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
const ASK = '/oauth/authorize?response_type=code&client_id=shop&state=s&redirect_uri=https://shop.example/cb';
const DONE = { step: 'redirect', redirect_to: 'https://shop.example/cb?code=c&state=s' } as const;
const prompt = (more: Partial<AuthorizationPrompt> = {}): AuthorizationPrompt => ({
  ...{ client_id: 'shop', client_name: 'The <b>Shop</b>', redirect_uri: 'https://shop.example/cb' },
  ...{ scopes: ['openid', 'offline_access', 'a&b'], access_ttl: 900, offline_ttl: 2_592_000 },
  ...{ login_hint: null, username: 'ada"><script>' },
  ...more,
});

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge?.stop());
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(BeginAuthorization, () => DONE);
  edge.neighbours.on(ReadAuthorization, () => prompt());
  edge.neighbours.on(EndAuthorization, () => ({ session_ids: [] }));
});

const get = (path: string, sent: Sent = {}): Promise<Got> => gateway.call('GET', path, sent);
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = FORM): Promise<Got> =>
  gateway.call('POST', path, { form, headers });
const whereTo = ({ status, headers }: Got): [number, string | null] => [status, headers.get('location')];

describe('the authorization endpoint', () => {
  it('leads the browser back with 303, and asks as whoever its cookie says', async () => {
    const got = await get(`${ASK}&unknown=x&prompt=`, { headers: { cookie: COOKIE, 'sec-fetch-site': 'cross-site' } });
    expect(whereTo(got)).toEqual([303, DONE.redirect_to]);
    expect(got.headers.get('cache-control')).toBe('no-store');
    expect(got.headers.get('referrer-policy')).toBe('no-referrer');
    const { parameters, session_token } = edge.neighbours.last(BeginAuthorization)!.input;
    expect(session_token).toBe('the-cookie');
    expect(parameters).toEqual({
      ...{ response_type: 'code', client_id: 'shop', state: 's', redirect_uri: 'https://shop.example/cb' },
    });
  });

  it('leads on to the pages when the person has something to do', async () => {
    const paths = [
      ['sign_in', '/signin'],
      ['consent', '/consent'],
    ] as const;
    for (const [step, path] of paths) {
      edge.neighbours.on(BeginAuthorization, (): AuthorizationStep => ({ step, request_id: 'r-1' }));
      expect(whereTo(await get(ASK))).toEqual([303, `${path}?request=r-1`]);
    }
  });

  it('takes a form, too, and lets the browser come back with its cookie', async () => {
    edge.neighbours.on(BeginAuthorization, (): AuthorizationStep => ({ step: 'resume', request_id: 'r-1' }));
    const got = await post(
      '/oauth/authorize',
      { response_type: 'code', client_id: 'shop' },
      { ...EVIL, cookie: COOKIE },
    );
    expect(whereTo(got)).toEqual([303, '/oauth/continue?request=r-1']);
    expect(edge.neighbours.last(BeginAuthorization)!.input).toMatchObject({ deferred: true });
    expect(edge.neighbours.last(BeginAuthorization)!.input).not.toHaveProperty('session_token');
  });

  it('R-AS1 R-SE14: shows a page and redirects nowhere when it knows nobody to tell', async () => {
    edge.neighbours.on(BeginAuthorization, () => {
      throw RedirectNotRegistered.with();
    });
    const got = await get(ASK);
    expect([got.status, got.headers.get('location')]).toEqual([400, null]);
    expect(got.headers.get('content-type')).toMatch(/^text\/html/);
    expect(got.text).toContain(RedirectNotRegistered.title);
  });

  it('a parameter that is sent twice is refused', async () => {
    const got = await get(`${ASK}&state=t`);
    expect([got.status, got.body.error]).toEqual([400, 'invalid_request']);
  });

  it('R-SE13: has no CORS, not even for an origin of its client', async () => {
    for (const path of [ASK, '/signin', '/consent?request=r-1', '/oauth/logout', '/oauth/continue?request=r-1']) {
      for (const origin of ['https://shop.example', PUBLIC_URL]) {
        const { headers } = await get(path, { headers: { origin } });
        expect([path, headers.get('access-control-allow-origin')]).toEqual([path, null]);
        const preflight = { origin, 'access-control-request-method': 'GET' };
        const asked = await gateway.call('OPTIONS', path, { headers: preflight });
        expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      }
    }
    const token = await gateway.call('POST', '/oauth/token', { form: {}, headers: { origin: 'https://shop.example' } });
    expect(token.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });
});

describe('the sign-in page', () => {
  const credentials = { login: 'ada', password: 'a lantern in the long grass' };

  it('R-SE12: cannot be framed, and its form leads to us and the application only', async () => {
    const got = await get('/signin?request=r-1');
    expect(got.status).toBe(200);
    expect(got.headers.get('x-frame-options')).toBe('DENY');
    const policy = got.headers.get('content-security-policy')!;
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' https://shop.example;");
    // Else the browser would not say whose form it is.
    expect(got.headers.get('referrer-policy')).toBe('same-origin');
    expect(got.text).toContain('autocomplete="current-password"');
    expect(got.text).toContain('The &lt;b&gt;Shop&lt;/b&gt;');
    expect(got.text).not.toContain('<script>');
  });

  it('R-SE15: goes on with 303, the cookie set and the session before ended', async () => {
    const form = { ...credentials, request: 'r-1' };
    const got = await post('/signin', form, { ...FORM, cookie: COOKIE });
    expect(whereTo(got)).toEqual([303, '/oauth/continue?request=r-1']);
    expect(got.headers.get('set-cookie')).toMatch(
      /^__Host-pages=refresh-of-web; Path=\/; .*HttpOnly; Secure; SameSite=Lax/,
    );
    expect(got.text).toBe('');
    expect(edge.neighbours.last(Login)!.input).toMatchObject({ client_id: 'web', login: 'ada' });
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({ session_token: 'the-cookie' });
  });

  it('R-SE9: takes no form of another site, cookie or not', async () => {
    const foreign: Record<string, string>[] = [EVIL, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      const got = await post('/signin', credentials, headers);
      expect([got.status, got.headers.get('set-cookie')]).toEqual([403, null]);
      expect((await post('/signin/code', { mfa_token: 'm', code: '1' }, headers)).status).toBe(403);
    }
    expect(edge.neighbours.last(Login)).toBeUndefined();
  });

  it('shows the form again when the password is wrong, without it', async () => {
    edge.neighbours.on(Login, () => {
      throw InvalidCredentials.with();
    });
    const got = await post('/signin', { ...credentials, login: '"><script>alert(1)</script>' });
    expect(got.status).toBe(401);
    expect(got.text).toContain(InvalidCredentials.title);
    expect(got.text).not.toContain('<script>alert');
    expect(got.text).not.toContain(credentials.password);
  });

  it('R-MF6: asks for the second factor before there is any cookie', async () => {
    const challenge = { mfa_required: true, mfa_token: 'the-challenge', methods: ['totp'] } as const;
    edge.neighbours.on(Login, () => ({ challenge: { ...challenge, methods: ['totp'] } }));
    const asked = await post('/signin', { ...credentials, request: 'r-1' });
    expect([asked.status, asked.headers.get('set-cookie')]).toEqual([200, null]);
    expect(asked.text).toContain('value="the-challenge"');
    const second = { mfa_token: 'the-challenge', code: '123 456', request: 'r-1' };
    edge.neighbours.on(LoginMfa, () => {
      throw MfaCodeInvalid.with();
    });
    const wrong = await post('/signin/code', second);
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    expect(wrong.text).toContain('value="the-challenge"');
    edge.neighbours.on(LoginMfa, () => ({ issued: issued('web') }));
    const right = await post('/signin/code', second);
    expect(whereTo(right)).toEqual([303, '/oauth/continue?request=r-1']);
    expect(right.headers.get('set-cookie')).toContain('__Host-pages=');
  });

  it('R-SE14: goes on at pages of ours only', async () => {
    const next = async (return_to: string) => whereTo(await post('/signin', { ...credentials, return_to }))[1];
    expect(await next('/device?user_code=ABCD-EFGH')).toBe('/device?user_code=ABCD-EFGH');
    const wrong = [
      ...['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/device@evil.example'],
      ...[
        '/%2f/evil.example',
        '/device/../x',
        '/device?x=//evil.example',
        '/device?a?b',
        ' /device',
        '/device\n',
        '/v1/auth/me',
      ],
    ];
    for (const return_to of wrong) expect([return_to, await next(return_to)]).toEqual([return_to, '/signin']);
  });
});

describe('the question for consent', () => {
  it('R-AS9: shows who asks, as whom, for what, where it goes and how long it lasts', async () => {
    const got = await get('/consent?request=r-1', { headers: { cookie: COOKIE } });
    expect(got.status).toBe(200);
    for (const part of [
      'The &lt;b&gt;Shop',
      'ada&quot;&gt;&lt;script',
      'shop.example',
      'know that it is you',
      'a&amp;b',
      '30 days',
    ]) {
      expect(got.text).toContain(part);
    }
    expect(got.text).not.toContain('<script>');
    expect(got.headers.get('content-security-policy')).toContain("form-action 'self' https://shop.example;");
    expect(edge.neighbours.last(ReadAuthorization)!.input).toEqual({ request_id: 'r-1', session_token: 'the-cookie' });
  });

  it('names what a native app’s address can be named by', async () => {
    const policyFor = async (redirect_uri: string) => {
      edge.neighbours.on(ReadAuthorization, () => prompt({ redirect_uri }));
      return (await get('/consent?request=r-1')).headers.get('content-security-policy');
    };
    expect(await policyFor('http://127.0.0.1:5000/cb')).toContain("form-action 'self' http://127.0.0.1:*;");
    expect(await policyFor('com.example.app:/cb')).toContain("form-action 'self' com.example.app:;");
  });

  it('is preceded by a sign-in, and over when the request is', async () => {
    edge.neighbours.on(ReadAuthorization, () => prompt({ username: null }));
    expect(whereTo(await get('/consent?request=r-1'))).toEqual([303, '/signin?request=r-1']);
    edge.neighbours.on(ReadAuthorization, () => {
      throw AuthorizationRequestOver.with();
    });
    expect((await get('/consent?request=r-1')).text).toContain(AuthorizationRequestOver.title);
  });

  it('R-SE8: is answered from our own page only', async () => {
    const denied = { step: 'redirect', redirect_to: 'https://shop.example/cb?error=access_denied' } as const;
    edge.neighbours.on(DecideAuthorization, ({ input }) => (input.approve ? DONE : denied));
    const decide = (decision: string, headers: Record<string, string>) =>
      post('/consent', { request: 'r-1', decision }, { ...headers, cookie: COOKIE });
    expect((await decide('allow', EVIL)).status).toBe(403);
    expect(edge.neighbours.last(DecideAuthorization)).toBeUndefined();
    expect(whereTo(await decide('allow', FORM))).toEqual([303, DONE.redirect_to]);
    expect(whereTo(await decide('deny', FORM))).toEqual([303, denied.redirect_to]);
    expect((await decide('maybe', FORM)).status).toBe(400);
  });
});

describe('signing out', () => {
  const [ada, session] = [randomUUID(), randomUUID()];
  const bye = 'post_logout_redirect_uri=https://shop.example/bye&state=x%20y';
  const hint = (more: object = {}) => edge.issuer.idToken('shop', { sub: ada, sid: session, ...more });
  const out = (query: string, headers: Record<string, string> = { cookie: COOKIE }) =>
    get(`/oauth/logout?${query}`, { headers });
  beforeEach(() => {
    edge.neighbours.on(ReadBrowserSession, () => ({ user_id: ada, session_id: randomUUID(), username: 'ada' }));
  });

  it('R-AS10: is at once with the ID token of who is signed in, also an old one', async () => {
    const old = { exp: Math.floor(Date.now() / 1000) - 86_400 };
    const got = await out(`id_token_hint=${hint(old)}&${bye}`);
    expect(whereTo(got)).toEqual([303, 'https://shop.example/bye?state=x+y']);
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({
      ...{ user_id: ada, session_id: session, session_token: 'the-cookie' },
    });
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-pages=; .*Max-Age=0/);
    expect(got.headers.get('clear-site-data')).toBe('"cache", "storage"');
  });

  it('R-AS10: is asked for without one, with another person’s, a forged one or another client’s', async () => {
    const hints = ['', hint({ sub: randomUUID() }), `${hint().slice(0, -8)}AAAAAAAA`, edge.issuer.token({ sub: ada })];
    const queries = [
      ...hints.map((h) => `id_token_hint=${h}&client_id=shop&${bye}`),
      `id_token_hint=${hint()}&client_id=hub`,
    ];
    for (const query of queries) {
      const got = await out(query);
      expect([got.status, got.headers.get('set-cookie')]).toEqual([200, null]);
      expect(got.text).toContain('action="/oauth/logout/confirm"');
    }
    expect(edge.neighbours.last(EndAuthorization)).toBeUndefined();
  });

  it('R-AS10: is done when the person says so, on our own page', async () => {
    const form = { client_id: 'shop', post_logout_redirect_uri: 'https://shop.example/bye' };
    expect((await post('/oauth/logout/confirm', form, { ...EVIL, cookie: COOKIE })).status).toBe(403);
    const got = await post('/oauth/logout/confirm', form, { ...FORM, cookie: COOKIE });
    expect(whereTo(got)).toEqual([303, 'https://shop.example/bye']);
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({ session_token: 'the-cookie' });
  });

  it('R-SE14: leads to addresses that are registered for it only', async () => {
    const wrong = [
      'https://evil.example/',
      'https://shop.example/cb',
      'https://shop.example/bye/..',
      'https://shop.example/bye#x',
    ];
    for (const uri of wrong) {
      const got = await out(`id_token_hint=${hint()}&post_logout_redirect_uri=${encodeURIComponent(uri)}`);
      expect([uri, ...whereTo(got)]).toEqual([uri, 200, null]);
    }
  });

  it('a form of the application’s site comes back by a link, with its cookies', async () => {
    const got = await post('/oauth/logout', { client_id: 'shop', state: 'a b' }, EVIL);
    expect(whereTo(got)).toEqual([303, '/oauth/logout?client_id=shop&state=a+b']);
  });
});

describe('the tokens of applications', () => {
  it('R-AS9: open userinfo and not the account', async () => {
    edge.neighbours.on(ReadUserInfo, ({ actor }) => ({ sub: actor?.kind === 'user' ? actor.user_id : '' }));
    const sub = randomUUID();
    const token = edge.issuer.token({ sub, client_id: 'shop', scope: 'openid profile' });
    for (const method of ['GET', 'POST']) {
      const got = await gateway.call(method, '/oauth/userinfo', { token });
      expect([got.status, got.body]).toEqual([200, { sub }]);
    }
    expect(edge.neighbours.last(ReadUserInfo)!.actor).toMatchObject({ scopes: ['openid', 'profile'] });
    const account = await get('/v1/auth/me', { token });
    expect([account.status, account.body.code]).toEqual([403, 'insufficient_scope']);
    expect(account.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    const without = edge.issuer.token({ client_id: 'shop', scope: 'profile' });
    expect((await get('/oauth/userinfo', { token: without })).status).toBe(403);
    expect((await get('/oauth/userinfo')).status).toBe(401);
    expect((await get('/oauth/userinfo', { token: edge.issuer.idToken('shop') })).status).toBe(401);
  });

  it('R-AS8: the metadata say what is so', async () => {
    const { body } = await get('/.well-known/openid-configuration');
    expect((await get('/.well-known/oauth-authorization-server')).body).toEqual(body);
    expect(body).toMatchObject({
      issuer: PUBLIC_URL,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      authorization_response_iss_parameter_supported: true,
    });
    for (const name of Object.keys(body).filter((n) => n.endsWith('_endpoint'))) {
      const path = (body[name] as string).slice(PUBLIC_URL.length);
      expect([name, (await gateway.call('DELETE', path)).status]).toEqual([name, 405]);
    }
    const { keys } = (await get('/.well-known/jwks.json')).body;
    expect(keys.map((k: { kid: string }) => k.kid)).toEqual(expect.arrayContaining(['access-1', 'id-1']));
  });
});
