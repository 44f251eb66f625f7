import { Logout, RefreshSession, RefreshTokenReused } from '#contracts';
import { Edge, type Got, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const DASH = 'https://dashboard.example';

describe('refresh', () => {
  const refresh = (headers: Record<string, string> = {}, json?: object): Promise<Got> =>
    gateway.call('POST', '/api/v1/auth/refresh', { headers, json });

  it('B-cookie.restore: the cookie alone is enough, and is set anew', async () => {
    const got = await refresh({ cookie: 'other=1; __Host-dash=refresh-of-dashboard' });
    expect(got.status).toBe(200);
    expect(got.body).not.toHaveProperty('refresh_token');
    expect(got.headers.get('set-cookie')).toMatch(/^__Host-dash=refresh-of-dashboard;/);
  });

  it('C-sso: one cookie restores the session on every product below the parent domain, and nowhere else', async () => {
    const cookie = '__Secure-hub=refresh-of-hub';
    for (const product of ['https://hub.example.com', 'https://stream.example.com']) {
      const got = await refresh({ cookie, origin: product, 'x-client-id': 'hub' });
      expect([product, got.status]).toEqual([product, 200]);
      expect(got.headers.get('access-control-allow-origin')).toBe(product);
      expect(got.headers.get('set-cookie')).toMatch(/^__Secure-hub=refresh-of-hub;.*Domain=/);
    }
    const foreign = await refresh({ cookie, origin: 'https://evil.example', 'x-client-id': 'hub' });
    expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null]);
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

it('R-LG2: no secret of all this is in any line of the log', () => {
  expect(edge.lines.length).toBeGreaterThan(0);
  for (const line of edge.lines) expect(line).not.toMatch(/refresh-of-|eyJ|a@example\.com|correct horse/);
});
