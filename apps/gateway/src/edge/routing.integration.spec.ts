import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

describe('listeners', () => {
  it('/internal and /metrics exist on the internal listener only, however the path is written', async () => {
    for (const path of [
      '/internal/licenses',
      '/%69nternal/licenses',
      '/metrics',
      '/%6detrics',
      '/api/v1/../internal/licenses',
    ]) {
      expect([path, (await gateway.call('GET', path)).status]).toEqual([path, 404]);
    }
    expect((await gateway.internal('GET', '/metrics')).text).toMatch(/^# HELP/m);
    expect((await gateway.internal('GET', '/internal/licenses')).status).toBe(401);
  });

  it('REL: both listeners keep a connection for longer than those who use it pause, so that no request is lost on one', async () => {
    for (const send of [gateway.call.bind(gateway), gateway.internal.bind(gateway)]) {
      expect((await send('GET', '/health/live')).headers.get('keep-alive')).toBe('timeout=65');
    }
  });

  it('health is on both, and nothing public is on the internal one', async () => {
    for (const send of [gateway.call.bind(gateway), gateway.internal.bind(gateway)]) {
      expect((await send('GET', '/health/live')).body).toEqual({ status: 'live' });
      expect(Object.keys((await send('GET', '/health/ready')).body.dependencies)).toContain('verifier');
    }
    for (const path of ['/', '/docs', '/openapi.json', '/v1/auth/me', '/.well-known/jwks.json']) {
      expect([path, (await gateway.internal('GET', path)).status]).toEqual([path, 404]);
    }
  });
});

describe('aliases', () => {
  it.each([
    ['/v1/auth/me', '/api/v1/auth/me', '/auth/me'],
    ['/v1/license/me', '/api/v1/license/entitlements', '/license/me'],
  ])('%s answers at every alias', async (...paths) => {
    for (const path of paths) {
      const got = await gateway.call('GET', path, { token: edge.issuer.token() });
      expect([path, got.status]).toEqual([path, 200]);
    }
  });

  it('a slash at the end of a path changes nothing, and a second one is another path', async () => {
    const token = edge.issuer.token();
    for (const path of ['/v1/auth/me/', '/api/v1/auth/me/?x=1', '/auth/me/', '/docs/', '/portal/', '/?a=/']) {
      expect([path, (await gateway.call('GET', path, { token })).status]).toEqual([path, 200]);
    }
    expect((await gateway.call('POST', '/v1/auth/me/', { token })).headers.get('allow')).toBe('GET, HEAD');
    expect((await gateway.call('GET', '/v1/auth/me//', { token })).status).toBe(404);
    expect((await gateway.call('GET', '/v1//auth/me', { token })).status).toBe(404);
  });

  it('A-legacy: the removed endpoints answer 410 and name their successor, at every alias', async () => {
    for (const path of [
      '/v1/entitlements',
      '/api/v1/entitlements',
      '/entitlements',
      '/v1/license/status',
      '/license/status',
    ]) {
      const got = await gateway.call('GET', path);
      expect([path, got.status, got.body.code]).toEqual([path, 410, 'gone']);
      expect(got.headers.get('link')).toBe('</v1/license/me>; rel="successor-version"');
      expect(got.body.detail).toContain('/v1/license/me');
    }
  });

  it('webhooks, well-known and health have no prefix', async () => {
    for (const path of ['/v1/webhooks/gumroad', '/v1/.well-known/jwks.json', '/v1/health/live']) {
      expect([path, (await gateway.call('GET', path)).status]).toEqual([path, 404]);
    }
  });
});

describe('headers', () => {
  const HEADERS = [
    'strict-transport-security',
    'x-content-type-options',
    'referrer-policy',
    'cross-origin-opener-policy',
  ];

  it('E-headers R-SE12: security headers are on every answer', async () => {
    for (const path of ['/health/live', '/nothing', '/v1/auth/me', '/docs', '/', '/openapi.json']) {
      const { headers } = await gateway.call('GET', path);
      for (const name of HEADERS) expect([path, name, headers.has(name)]).toEqual([path, name, true]);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    }
  });

  it('E-headers: pages carry a CSP with a fresh nonce that their scripts have', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/verify-email', '/docs', '/docs/errors', '/docs']) {
      const { headers, text } = await gateway.call('GET', path);
      const nonce = /script-src 'nonce-([^']+)'/.exec(headers.get('content-security-policy')!)![1]!;
      nonces.add(nonce);
      for (const tag of text.match(/<(script|style)\b[^>]*>/g) ?? []) expect(tag).toContain(`nonce="${nonce}"`);
    }
    expect(nonces.size).toBe(5);
  });

  it('a well-formed X-Request-Id is kept, any other is replaced', async () => {
    const kept = await gateway.call('GET', '/health/live', { headers: { 'x-request-id': 'my-request_1' } });
    expect(kept.headers.get('x-request-id')).toBe('my-request_1');
    for (const bad of ['short', 'has space in it', 'x'.repeat(65), '<script>alert']) {
      const got = await gateway.call('GET', '/health/live', { headers: { 'x-request-id': bad } });
      expect(got.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('R-SE11: token and personal answers are not stored; public ones are, with an ETag', async () => {
    const me = await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token() });
    const login = await gateway.call('POST', '/v1/auth/login', { json: { username: 'a', password: 'b' } });
    for (const got of [me, login]) expect(got.headers.get('cache-control')).toBe('no-store');
    for (const path of [
      '/.well-known/jwks.json',
      '/.well-known/openid-configuration',
      '/v1/license/keys',
      '/openapi.json',
    ]) {
      const first = await gateway.call('GET', path);
      expect(first.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
      const again = await gateway.call('GET', path, { headers: { 'if-none-match': first.headers.get('etag')! } });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
    }
  });

  it('R-JW7 R-DP2: the JWKS shows the keys of access, ID and device tokens only, and nothing private', async () => {
    const { body } = await gateway.call('GET', '/.well-known/jwks.json');
    expect(body.keys.map((k: { kid: string }) => k.kid)).toEqual(['access-1', 'id-1', 'device-1']);
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(body.keys[0]).not.toHaveProperty(member);
    const licenseKeys = (await gateway.call('GET', '/v1/license/keys')).body.keys;
    expect(licenseKeys).toEqual([expect.objectContaining({ kid: 'blob-1', state: 'active', key: 'AAAA' })]);
  });
});
