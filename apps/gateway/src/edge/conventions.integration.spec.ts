import { Edge, PUBLIC_URL, SECRETS, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

/** A path that the route answers, with ids where it has parameters. */
const concrete = (path: string): string =>
  path
    .replace(':role', 'support')
    .replace(':provider', 'github')
    .replace(/:\w+/g, '01890000-0000-7000-8000-000000000001');

const listed = (listener: 'public' | 'internal') =>
  gateway.gateway.routes.routes.filter((r) => r.options.listener === listener && r.method !== 'HEAD');

describe('problem documents', () => {
  it('an unknown path is 404 with everything a problem document has, on both listeners', async () => {
    for (const got of [
      await gateway.call('GET', '/v1/nothing?token=s3cret'),
      await gateway.internal('GET', '/v1/auth/me'),
    ]) {
      expect(got.status).toBe(404);
      expect(got.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(got.body).toEqual({
        type: `${PUBLIC_URL}/docs/errors#not_found`,
        title: expect.any(String),
        status: 404,
        detail: expect.any(String),
        code: 'not_found',
        instance: expect.stringMatching(/^\/v1\/(nothing|auth\/me)$/),
        request_id: got.headers.get('x-request-id'),
      });
    }
  });

  it('a wrong method is 405 with Allow, on every path of both listeners', async () => {
    for (const route of [...listed('public'), ...listed('internal')]) {
      const path = concrete(route.path);
      const send = route.options.listener === 'internal' ? gateway.internal.bind(gateway) : gateway.call.bind(gateway);
      const got = await send('PATCH', path);
      expect([path, got.status, got.body.code]).toEqual([path, 405, 'method_not_allowed']);
      expect(got.headers.get('allow')?.split(', ')).toContain(route.method);
    }
  });

  it('E-guard: every route for people is 401 without a token, and says so', async () => {
    const routes = listed('public').filter((r) => r.options.permission === 'user');
    expect(routes.length).toBeGreaterThan(5);
    for (const route of routes) {
      const got = await gateway.call(route.method, concrete(route.path));
      expect([route.path, got.status, got.body.code]).toEqual([route.path, 401, 'unauthenticated']);
      expect(got.headers.get('www-authenticate')).toBe('Bearer');
      const bad = await gateway.call(route.method, concrete(route.path), { token: 'x.y.z' });
      expect([route.path, bad.status, bad.body.code]).toEqual([route.path, 401, 'invalid_token']);
      expect(bad.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
  });

  it('RT7 D-internal-auth: every internal route is 401 without a credential and with a wrong one, and is no path of the public listener', async () => {
    const routes = listed('internal').filter((r) => r.path.startsWith('/internal/'));
    expect(routes.length).toBeGreaterThan(20);
    const wrong = [
      {},
      { 'x-internal-secret': 'root.wrong-secret-of-forty-characters-0123456789' },
      { 'x-internal-signature': `t=${Math.floor(Date.now() / 1000)},caller=root,v1=${'0'.repeat(64)}` },
      { authorization: 'Bearer x.y.z' },
      { authorization: `Bearer ${edge.issuer.token({ roles: ['admin'] })}` },
    ];
    for (const { method, path } of routes) {
      const json = method === 'GET' || method === 'DELETE' ? undefined : {};
      for (const headers of wrong) {
        const got = await gateway.internal(method, concrete(path), {
          json,
          headers: headers as Record<string, string>,
        });
        expect([method, path, got.status]).toEqual([method, path, 401]);
      }
      const good = { 'x-internal-secret': `root.${SECRETS.root}` };
      const outside = await gateway.call(method, concrete(path), { json, headers: good });
      expect([method, path, outside.status]).toEqual([method, path, 404]);
    }
    expect(edge.neighbours.asked).toEqual([]);
  });

  const writes = () =>
    [...listed('public'), ...listed('internal')].filter(
      (r) => ['POST', 'PUT', 'PATCH'].includes(r.method) && r.options.command && r.options.body !== 'raw',
    );
  const sendTo = (route: { path: string; method: string; options: { listener?: string } }, sent: object) =>
    route.options.listener === 'internal'
      ? gateway.asRoot(route.method, concrete(route.path), sent)
      : gateway.call(route.method, concrete(route.path), { token: edge.issuer.token({ roles: ['admin'] }), ...sent });

  it('malformed JSON is 400, or 415 where only forms are read, on every route with a body', async () => {
    for (const route of writes()) {
      const got = await sendTo(route, { body: '{"a":', headers: { 'content-type': 'application/json' } });
      expect([route.path, got.status]).toEqual([route.path, route.options.body === 'form-only' ? 415 : 400]);
      expect(got.text).not.toMatch(/SyntaxError|position|\bat /);
    }
  });

  it('a wrong media type and a compressed body are 415 on every route with a body', async () => {
    for (const route of writes()) {
      const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      expect([route.path, (await sendTo(route, { body: '{}', headers: packed })).status]).toEqual([route.path, 415]);
      const got = await sendTo(route, { body: '<a/>', headers: { 'content-type': 'text/xml' } });
      expect([route.path, got.status]).toEqual([route.path, 415]);
      const form = { form: 'JSON or a form', 'form-only': 'a form' }[route.options.body as string] ?? 'JSON';
      expect([route.path, got.body.detail ?? got.body.error_description]).toEqual([route.path, `Send ${form}.`]);
    }
  });

  it('R-SE8: text/plain and forms are refused where they are not welcome', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const got = await gateway.call('POST', '/v1/auth/refresh', { body: 'a=b', headers: { 'content-type': type } });
      expect([type, got.status]).toEqual([type, 415]);
    }
  });

  it('a body over 64 KiB is 413 on every route with a body', async () => {
    const json = { padding: 'x'.repeat(65 * 1024) };
    for (const route of writes().filter((r) => r.options.body !== 'form-only')) {
      const got = await sendTo(route, { json });
      expect([route.path, got.status, got.body.code]).toEqual([route.path, 413, 'body_too_large']);
    }
  });

  it('an unknown field is a failure on every route with a JSON body, and is named', async () => {
    // Documents whose members are data (`config/*.yaml` says which there are) are checked in identity, by its rules.
    const documents = ['client_policy', 'agent_config', 'broadcast_config'].map((name) => `identity.${name}.`);
    const isDocument = (name = ''): boolean => documents.some((one) => name.startsWith(one));
    // OAuth's own endpoints ignore what they do not know (RFC 6749 §3.2, OpenID Connect Core §5.3).
    const here = writes().filter((r) => !r.path.startsWith('/oauth/') && r.options.body !== 'form-only');
    for (const route of here.filter((r) => !isDocument(r.options.command?.name))) {
      const got = await sendTo(route, { json: { no_such_field: 1 } });
      expect([route.path, got.status, got.body.code]).toEqual([route.path, 400, 'validation_failed']);
      expect(got.body.errors).toContainEqual({
        field: 'no_such_field',
        code: 'unknown_field',
        detail: expect.any(String),
      });
    }
  });

  it('what stands in the path of a route is an unknown field of its body, and of its query', async () => {
    const token = edge.issuer.token();
    const stream_id = '01890000-0000-7000-8000-000000000002';
    const got = await gateway.call('PUT', `/v1/auth/streams/${stream_id}`, { token, json: { stream_id, label: 7 } });
    const fields = got.body.errors?.map((e: { field: string; code: string }) => [e.field, e.code]);
    expect([got.status, fields]).toEqual([
      400,
      [
        ['stream_id', 'unknown_field'],
        ['label', 'invalid_type'],
      ],
    ]);
    const read = await gateway.asRoot('GET', `/internal/users/${stream_id}/streams?user_id=${stream_id}`);
    expect([read.status, read.body.errors?.map((e: { field: string }) => e.field)]).toEqual([400, ['user_id']]);
  });

  it('every failing field is named at once', async () => {
    const got = await gateway.call('POST', '/v1/auth/register', {
      json: { email: 'nope', username: 'a', extra: true },
    });
    expect(got.body.errors.map((e: { field: string }) => e.field).sort()).toEqual([
      'email',
      'extra',
      'password',
      'username',
    ]);
  });

  it('a body that is no object is 400', async () => {
    for (const json of [[], 'text', 5, null]) {
      const got = await gateway.call('POST', '/v1/auth/verify', { json });
      expect([json, got.status, got.body.code]).toEqual([json, 400, 'validation_failed']);
    }
  });

  it('__proto__ in a body is refused, however it is written', async () => {
    for (const body of ['{"__proto__":{"a":1}}', '{"\\u005f_proto__":{"a":1}}']) {
      const got = await gateway.call('POST', '/v1/auth/verify', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect(got.status).toBe(400);
    }
  });

  it('a path that cannot be decoded is 400, with all headers', async () => {
    const got = await gateway.call('GET', '/v1/auth/%E0%A4%A');
    expect([got.status, got.body.code]).toEqual([400, 'validation_failed']);
    expect(got.headers.get('x-frame-options')).toBe('DENY');
  });

  it('R-LG4: what breaks in a service leaves as `internal`, without its text', async () => {
    const { ReadMe } = await import('#contracts');
    edge.neighbours.on(ReadMe, () => {
      throw new Error('SELECT secret FROM table');
    });
    const got = await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token() });
    expect([got.status, got.body.code]).toEqual([500, 'internal']);
    expect(got.text).not.toMatch(/secret|SELECT|cmd\./);
  });

  it('a declared refusal of a service crosses with its status, detail and fields', async () => {
    const { RegisterUser, UsernameTaken } = await import('#contracts');
    edge.neighbours.on(RegisterUser, () => {
      throw UsernameTaken.with('Try ada2.');
    });
    const json = { email: 'a@example.com', username: 'ada', password: 'correct horse battery' };
    const got = await gateway.call('POST', '/v1/auth/register', { json });
    expect(got.body).toMatchObject({ status: 409, code: 'username_taken', detail: 'Try ada2.' });
  });

  it('step-up is 401 with its own challenge', async () => {
    const { InsufficientUserAuthentication, ReadMe } = await import('#contracts');
    edge.neighbours.on(ReadMe, () => {
      throw InsufficientUserAuthentication.with();
    });
    const got = await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token() });
    expect(got.headers.get('www-authenticate')).toBe('Bearer error="insufficient_user_authentication"');
  });

  it('E-guard: a soft-deleted or inactive person is 401 with a challenge', async () => {
    const { ReadMe, Unauthenticated } = await import('#contracts');
    edge.neighbours.on(ReadMe, () => {
      throw Unauthenticated.with();
    });
    const got = await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token() });
    expect([got.status, got.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('overload is 503 with Retry-After', async () => {
    const { Login, Overloaded } = await import('#contracts');
    edge.neighbours.on(Login, () => {
      throw Overloaded.with({ retry_after: 3 });
    });
    const got = await gateway.call('POST', '/v1/auth/login', { json: { username: 'a', password: 'b' } });
    expect([got.status, got.headers.get('retry-after')]).toEqual([503, '3']);
  });
});
