import { InvalidCredentials, Login, RegisterUser } from '#contracts';
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

  it('E-login: what the OAuth2 form sends without a value counts as left out (RFC 6749 §3.2)', async () => {
    const empty = { grant_type: '', scope: '', client_id: '', client_secret: '', email: '' };
    const got = await gateway.call('POST', '/auth/login/direct', { form: { ...form, ...empty } });
    expect([got.status, got.body.errors]).toEqual([200, undefined]);
    expect(edge.neighbours.last(Login)!.input).toEqual({ login: 'ada', password: ' pw ', realm: 'any' });
    const unknown = await gateway.call('POST', '/auth/login/direct', { form: { ...form, remember: 'yes' } });
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([400, 'remember']);
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

it('R-LG2: no secret of all this is in any line of the log', () => {
  expect(edge.lines.length).toBeGreaterThan(0);
  for (const line of edge.lines) expect(line).not.toMatch(/refresh-of-|eyJ|a@example\.com|correct horse/);
});
