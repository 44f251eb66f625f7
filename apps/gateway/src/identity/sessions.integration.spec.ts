import {
  InvalidCredentials,
  Login,
  Logout,
  ReadMe,
  RefreshSession,
  RefreshTokenReused,
  RegisterUser,
} from '#contracts';
import { Edge, type Got, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const login = (client_id?: string, headers: Record<string, string> = {}): Promise<Got> =>
  gateway.call('POST', '/v1/auth/login', { json: { email: 'a@example.com', password: 'pw', client_id }, headers });
const DASH = 'https://dashboard.example';

describe('ways to sign in', () => {
  const json = { email: 'a@example.com', password: ' pw ' };
  const form = { username: 'ada', password: ' pw ', grant_type: 'password', scope: '', client_secret: '' };

  it.each([
    ['/auth/login', 'any'],
    ['/auth/login/json', 'any'],
    ['/auth/login/direct', 'any'],
    ['/auth/player/login', 'player'],
    ['/auth/player/login/json', 'player'],
  ])('E-login: %s takes JSON and the OAuth2 form, realm %s', async (path, realm) => {
    const byJson = await gateway.call('POST', path, { json });
    expect([byJson.status, byJson.body.token_type]).toEqual([200, 'Bearer']);
    expect(edge.neighbours.last(Login)!.input).toEqual({ login: 'a@example.com', password: ' pw ', realm });
    const byForm = await gateway.call('POST', path, { form });
    expect(byForm.status).toBe(200);
    expect(edge.neighbours.last(Login)!.input).toEqual({ login: 'ada', password: ' pw ', realm });
  });

  it('neither email nor username is 400 and names the field', async () => {
    const got = await gateway.call('POST', '/auth/login', { json: { password: 'x' } });
    expect([got.status, got.body.errors[0].field]).toEqual([400, 'email']);
  });

  it('R-PW14: a password beyond any limit is answered like a wrong one', async () => {
    edge.neighbours.on(Login, ({ input }) => {
      expect(input.password).toBe('');
      throw InvalidCredentials.with();
    });
    const got = await gateway.call('POST', '/auth/login', { json: { username: 'ada', password: 'x'.repeat(5_000) } });
    expect([got.status, got.body.code, got.headers.get('www-authenticate')]).toEqual([
      401,
      'invalid_credentials',
      'Bearer',
    ]);
  });

  it('a form field that is sent twice is 400', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const got = await gateway.call('POST', '/auth/login', { body: 'username=a&username=b&password=c', headers });
    expect([got.status, got.body.errors[0].code]).toEqual([400, 'duplicate']);
  });

  it('C-user.register: 201 with tokens', async () => {
    const body = { email: 'a@example.com', username: 'ada', password: 'correct horse battery' };
    expect((await gateway.call('POST', '/auth/register', { json: body })).status).toBe(201);
    expect(edge.neighbours.last(RegisterUser)!.origin).toMatchObject({ ip: '127.0.0.1' });
  });

  it('the client comes from the body, else from X-Client-Id, else it is left to the service', async () => {
    await login('dashboard', { 'x-client-id': 'hub' });
    expect(edge.neighbours.last(Login)!.input.client_id).toBe('dashboard');
    await login(undefined, { 'x-client-id': 'hub' });
    expect(edge.neighbours.last(Login)!.input.client_id).toBe('hub');
    await login();
    expect(edge.neighbours.last(Login)!.input).not.toHaveProperty('client_id');
  });
});

describe('delivery', () => {
  it('a body client gets its refresh token in the body and no cookie', async () => {
    const got = await login('branchpy-cli');
    expect(got.body.refresh_token).toBe('refresh-of-branchpy-cli');
    expect(got.headers.get('set-cookie')).toBeNull();
  });

  it('B-cookie.login R-SE1: a cookie client gets it as a __Host- cookie and never in the body', async () => {
    const got = await login('dashboard');
    expect(got.body).not.toHaveProperty('refresh_token');
    const cookie = got.headers.getSetCookie();
    expect(cookie).toHaveLength(1);
    expect(cookie[0]).toMatch(
      /^__Host-dash=refresh-of-dashboard; Path=\/; Max-Age=86\d{3}; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('C-sso: a cookie on a parent domain is a __Secure- cookie', async () => {
    const [cookie] = (await login('hub')).headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Secure-hub=.+; Path=\/; Domain=example\.com; Max-Age=\d+; HttpOnly; Secure; SameSite=None$/,
    );
  });

  it('a client without refresh tokens gets none', async () => {
    const got = await login('extension');
    expect([got.body.refresh_token, got.headers.get('set-cookie')]).toEqual([undefined, null]);
  });
});

describe('refresh', () => {
  const refresh = (headers: Record<string, string> = {}, json?: object): Promise<Got> =>
    gateway.call('POST', '/api/v1/auth/refresh', { headers, json });

  it('B-cookie.restore: the cookie alone is enough, and is set anew', async () => {
    const got = await refresh({ cookie: 'other=1; __Host-dash=refresh-of-dashboard' });
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=refresh-of-dashboard;/);
  });

  it('B-cookie.fallback: the cookie goes before the body, and the body counts where there is no cookie', async () => {
    await refresh({ cookie: '__Host-dash=refresh-of-dashboard' }, { refresh_token: 'refresh-of-branchpy-cli' });
    expect(edge.neighbours.last(RefreshSession)!.input.refresh_token).toBe('refresh-of-dashboard');
    const got = await refresh({}, { refresh_token: 'refresh-of-dashboard' });
    expect([got.status, got.body.refresh_token]).toEqual([200, undefined]);
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=/);
  });

  it('B-cookie.fallback: where it is off, a token in the body counts for nothing', async () => {
    for (const json of [
      { refresh_token: 'refresh-of-strict-dashboard', client_id: 'strict-dashboard' },
      { refresh_token: 'refresh-of-strict-dashboard' },
    ]) {
      const got = await refresh({}, json);
      expect([got.status, got.body.code]).toEqual([401, 'refresh_token_invalid']);
      expect(got.headers.get('set-cookie')).toBeNull();
    }
  });

  it('a body client refreshes with the body and gets the successor there', async () => {
    const got = await refresh({}, { refresh_token: 'refresh-of-branchpy-cli', client_id: 'branchpy-cli' });
    expect(got.body.refresh_token).toBe('refresh-of-branchpy-cli');
    expect(edge.neighbours.last(RefreshSession)!.input.client_id).toBe('branchpy-cli');
  });

  it('no token at all is 401', async () => {
    for (const got of [await refresh(), await refresh({}, {}), await refresh({ cookie: '__Host-dash=' })]) {
      expect([got.status, got.body.code]).toEqual([401, 'refresh_token_invalid']);
    }
  });

  it('a dead token’s cookie is cleared', async () => {
    edge.neighbours.on(RefreshSession, () => {
      throw RefreshTokenReused.with();
    });
    const got = await refresh({ cookie: '__Host-dash=old' });
    expect([got.status, got.body.code]).toEqual([401, 'refresh_token_reused']);
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=; Path=\/; Max-Age=0;/);
  });

  it.each([
    ['a foreign page', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another client’s page', { origin: 'https://x.hub.example' }],
    ['a look-alike of a listed one', { origin: 'https://dashboard.example.evil.example' }],
    ['two labels where the pattern has one', { origin: 'https://a.b.app.github.dev' }],
    ['plain http of a listed one', { origin: 'http://dashboard.example' }],
    ['a foreign site that names no origin', { 'sec-fetch-site': 'cross-site' }],
  ])('R-SE8: %s cannot use the cookie', async (_, headers) => {
    const got = await refresh({ cookie: '__Host-dash=refresh-of-dashboard', ...headers } as Record<string, string>);
    expect([got.status, got.body.code]).toEqual([403, 'cross_site_refused']);
    expect(edge.neighbours.last(RefreshSession)).toBeUndefined();
  });

  it.each([DASH, 'https://name-5173.app.github.dev', 'https://gatehouse.test'])('%s can', async (origin) => {
    const got = await refresh({ cookie: '__Host-dash=refresh-of-dashboard', origin, 'sec-fetch-site': 'cross-site' });
    expect(got.status).toBe(200);
  });

  it('of several cookies the one counts whose page asks', async () => {
    const cookie =
      '__Secure-hub=refresh-of-hub; __Host-strict=refresh-of-strict-dashboard; __Host-dash=refresh-of-dashboard';
    await refresh({ cookie, origin: 'https://name.app.github.dev' });
    expect(edge.neighbours.last(RefreshSession)!.input.refresh_token).toBe('refresh-of-dashboard');
  });
});

describe('R-SE9: a foreign page cannot sign somebody in', () => {
  it('not by a form, with no cookies present', async () => {
    const form = { username: 'mallory', password: 'pw' };
    const got = await gateway.call('POST', '/auth/login', { form, headers: { origin: 'https://evil.example' } });
    expect([got.status, got.body.code]).toEqual([403, 'cross_site_refused']);
    expect((await gateway.call('POST', '/auth/login', { form })).status).toBe(200);
  });

  it('not into a cookie', async () => {
    expect((await login('dashboard', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await login('dashboard', { origin: DASH })).status).toBe(200);
    expect((await login('branchpy-cli', { origin: 'app://desktop' })).status).toBe(200);
  });
});

describe('logout', () => {
  it('B-cookie.logout: the cookie alone ends the session and is cleared', async () => {
    const got = await gateway.call('POST', '/api/v1/auth/logout', {
      headers: { cookie: '__Host-dash=refresh-of-dashboard' },
    });
    expect([got.status, got.text]).toEqual([204, '']);
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=; Path=\/; Max-Age=0;/);
    expect(got.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect(edge.neighbours.last(Logout)!.input).toEqual({ refresh_token: 'refresh-of-dashboard' });
  });

  it('is 204 with nothing, with a bad bearer and with a token nobody knows', async () => {
    const sent = [{}, { token: 'x.y.z' }, { json: { refresh_token: 'nobody-knows-it' } }];
    for (const one of sent) expect((await gateway.call('POST', '/auth/logout', one)).status).toBe(204);
  });

  it('R-SE4 R-JW9: the session’s access token is refused by this gateway at once, and ?all=true reaches identity', async () => {
    const token = edge.issuer.token();
    expect((await gateway.call('GET', '/auth/me', { token })).status).toBe(200);
    expect((await gateway.call('POST', '/auth/logout?all=true', { token })).status).toBe(204);
    expect(edge.neighbours.last(Logout)!).toMatchObject({ input: { all: true }, actor: { kind: 'user' } });
    const after = await gateway.call('GET', '/auth/me', { token });
    expect([after.status, after.body.code]).toEqual([401, 'invalid_token']);
  });
});

describe('sessions', () => {
  it('C-sessions.revoke R-JW9: a revoked session’s tokens are refused at once', async () => {
    const sid = '01890000-0000-7000-8000-00000000000a';
    const token = edge.issuer.token({ sid });
    expect((await gateway.call('DELETE', `/v1/auth/sessions/${sid}`, { token: edge.issuer.token() })).status).toBe(204);
    expect((await gateway.call('GET', '/auth/me', { token })).status).toBe(401);
  });

  it('an id that cannot be one is 404', async () => {
    const got = await gateway.call('DELETE', '/v1/auth/sessions/not-an-id', { token: edge.issuer.token() });
    expect([got.status, got.body.code]).toEqual([404, 'not_found']);
  });
});

describe('me', () => {
  it('E-me: me/token answers for the token in the body, 401 for a bad one', async () => {
    edge.neighbours.on(ReadMe, ({ actor }) => ({ id: (actor as { user_id: string }).user_id }) as never);
    const sub = '01890000-0000-7000-8000-00000000000b';
    const good = await gateway.call('POST', '/auth/me/token', { json: { token: edge.issuer.token({ sub }) } });
    expect([good.status, good.body.id]).toEqual([200, sub]);
    const bad = await gateway.call('POST', '/auth/me/token', { json: { token: 'x.y.z' } });
    expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('a read that takes nothing does not mind what is added to its address', async () => {
    expect((await gateway.call('GET', '/auth/me?_=123', { token: edge.issuer.token() })).status).toBe(200);
  });

  it.each([
    ['R-JW1: alg none', () => edge.issuer.unsignedToken()],
    ['R-JW1: HS256 with the public key', () => edge.issuer.confusedToken()],
    ['R-JW4: a foreign aud', () => edge.issuer.token({ aud: ['somebody-else'] })],
    ['R-JW2: another typ', () => edge.issuer.token({}, { typ: 'license+jwt' })],
    ['R-JW5: an expired one', () => edge.issuer.token({ exp: Math.floor(Date.now() / 1000) - 120 })],
    ['R-JW3: a foreign issuer', () => edge.issuer.token({ iss: 'https://evil.example' })],
    ['R-JW1: an unknown kid', () => edge.issuer.token({}, { kid: '../../etc/passwd' })],
    ['R-JW1: a key of its own', () => edge.issuer.token({}, { jku: 'https://evil.example' })],
    ['a service token', () => edge.issuer.serviceToken('billing', [])],
  ])('%s is 401', async (_, token) => {
    const got = await gateway.call('GET', '/v1/auth/me', { token: token() });
    expect([got.status, got.body.code]).toEqual([401, 'invalid_token']);
  });

  it('the bus hears who asks, from where and by which request', async () => {
    const headers = { 'user-agent': 'tests', 'x-request-id': 'request-0001' };
    await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token(), headers });
    const { actor, origin } = edge.neighbours.last(ReadMe)!;
    expect(actor).toMatchObject({ kind: 'user', client_id: 'branchpy-cli', roles: ['player'] });
    expect(origin).toEqual({ ip: '127.0.0.1', user_agent: 'tests' });
  });
});

it('R-LG2: no secret of all this is in any line of the log', () => {
  expect(edge.lines.length).toBeGreaterThan(0);
  for (const line of edge.lines) expect(line).not.toMatch(/refresh-of-|eyJ|a@example\.com|correct horse/);
});
