import { ReadMe } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

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
