import { Login } from '#contracts';
import { issued } from '../../test/neighbours.js';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(Login, ({ input }) => {
    const tokens = issued(input.client_id);
    return { issued: { ...tokens, device_token: 'device-token-of-ada' } };
  });
});

const login = (client_id: string, headers: Record<string, string> = {}) =>
  gateway.call('POST', '/v1/auth/login', { json: { email: 'a@example.com', password: 'pw', client_id }, headers });
const heard = () => edge.neighbours.last(Login)!.origin as { device?: string };

describe('R-BF3: a device that has signed in', () => {
  it('a browser keeps its token in a cookie of its own, which no script reads', async () => {
    const { headers, body } = await login('dashboard', { 'sec-fetch-site': 'same-origin' });
    expect(headers.getSetCookie().map((cookie) => cookie.replace(/=.*?;/, '=…;'))).toEqual([
      expect.stringMatching(/^__Host-dash=…/),
      '__Host-gatehouse-device=…; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax',
    ]);
    expect([body.device_token, headers.get('x-device-token')]).toEqual([undefined, null]);
  });

  it('a program with a cookie jar has no cookie that outlives its sign-out', async () => {
    expect((await login('dashboard')).headers.getSetCookie()).toHaveLength(1);
  });

  it('a client without cookies has it in a header of the same name; the body is a token set and nothing else', async () => {
    const { headers, body } = await login('branchpy-cli', { 'sec-fetch-site': 'cross-site' });
    expect([headers.get('x-device-token'), headers.get('set-cookie')]).toEqual(['device-token-of-ada', null]);
    expect(body).not.toHaveProperty('device_token');
  });

  it('shows it again by cookie or header, and the services hear it as the origin of the request', async () => {
    await login('branchpy-cli', { cookie: 'other=1; __Host-gatehouse-device=of-a-cookie' });
    expect(heard().device).toBe('of-a-cookie');
    await login('branchpy-cli', { 'x-device-token': 'of-a-header' });
    expect(heard().device).toBe('of-a-header');
    await login('branchpy-cli', { cookie: 'other=1' });
    expect(heard()).not.toHaveProperty('device');
  });
});

it('R-LG2: no device token is in any line of the log', () => {
  for (const line of edge.lines) expect(line).not.toMatch(/device-token-of-ada|of-a-cookie|of-a-header/);
});
