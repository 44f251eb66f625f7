import { createHash, randomUUID } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import {
  AuthorizationPending,
  ClaimPairing,
  DecideDevice,
  ExpiredToken,
  ListInstallations,
  NoteDevicesSeen,
  PollDevice,
  pollRefusal,
  ReadDevice,
  RemoveInstallation,
  RevokeDevice,
  SlowDown,
  StartDevice,
  StartPairing,
} from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { Edge, PUBLIC_URL, SECRETS, type Got, type RunningGateway } from '../../test/gateway-under-test.js';
import { issued } from '../../test/neighbours.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

const AUTHORIZATION = {
  device_code: 'a-device-code-of-the-tests',
  user_code: 'WDJB-MJHT',
  verification_uri: `${PUBLIC_URL}/device`,
  verification_uri_complete: `${PUBLIC_URL}/device?user_code=WDJB-MJHT`,
  expires_in: 900,
  interval: 5,
};
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(StartDevice, ({ input }) => ({ ...AUTHORIZATION, expires_in: input.lifetime ?? 900 }));
  edge.neighbours.on(PollDevice, ({ input }) => ({ issued: issued(input.client_id) }));
});

const post = (path: string, json: object, token?: string): Promise<Got> => gateway.call('POST', path, { json, token });

describe('the device flow', () => {
  it('A-device: starts for the client of the body or the header, and passes the installation on', async () => {
    const installation = { name: 'Laptop', platform: 'linux', app_version: '1.4.2' };
    const got = await post('/v1/auth/device/start', { client_id: 'branchpy-cli', installation });
    expect([got.status, got.body]).toEqual([200, AUTHORIZATION]);
    expect(got.headers.get('cache-control')).toContain('no-store');
    expect(edge.neighbours.last(StartDevice)!.input).toEqual({ client_id: 'branchpy-cli', installation });
    await gateway.call('POST', '/auth/device/start', { json: {}, headers: { 'x-client-id': 'hub' } });
    expect(edge.neighbours.last(StartDevice)!.input).toEqual({ client_id: 'hub' });
  });

  it('A-device: whoever starts does not say how long the codes live', async () => {
    expect((await post('/v1/auth/device/start', { lifetime: 60 })).status).toBe(400);
  });

  it.each([
    [AuthorizationPending, {}],
    [SlowDown, { interval: 10 }],
    [ExpiredToken, {}],
  ])('A-device R-DF2: a refused poll is 400 with the code twice', async (spec, more) => {
    edge.neighbours.on(PollDevice, () => {
      throw pollRefusal(spec, more);
    });
    const got = await post('/v1/auth/device/poll', { device_code: 'x' });
    expect([got.status, got.body.code, got.body.error]).toEqual([400, spec.code, spec.code]);
    expect(got.body).toMatchObject(more);
  });

  it('A-device: tokens are delivered as the client’s policy says', async () => {
    const got = await post('/v1/auth/device/poll', { device_code: 'x' });
    expect([got.status, got.body.token_type, got.body.refresh_token]).toEqual([
      200,
      'Bearer',
      'refresh-of-branchpy-cli',
    ]);
    const browser = await post('/v1/auth/device/poll', { device_code: 'x', client_id: 'dashboard' });
    expect(browser.body).not.toHaveProperty('refresh_token');
    expect(browser.headers.getSetCookie()).toHaveLength(1);
  });

  it('R-SE9 R-DF7: a foreign page signs nobody in by a poll', async () => {
    const headers = { origin: 'https://evil.example' };
    const json = { device_code: 'x', client_id: 'dashboard' };
    expect((await gateway.call('POST', '/v1/auth/device/poll', { json, headers })).status).toBe(403);
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const form = { grant_type, ...json };
    expect((await gateway.call('POST', '/oauth/token', { form, headers })).body.error).toBe('unauthorized_client');
  });

  it('R-DF7: deciding needs a bearer token, JSON and a sign-in of five minutes', async () => {
    const decision = { user_code: 'WDJB-MJHT', approve: true };
    expect((await post('/v1/auth/device/approve', decision)).status).toBe(401);
    const form = { user_code: 'WDJB-MJHT', approve: 'true' };
    expect((await gateway.call('POST', '/v1/auth/device/approve', { form, token: edge.issuer.token() })).status).toBe(
      415,
    );
    const old = edge.issuer.token({ auth_time: Math.floor(Date.now() / 1000) - 301 });
    const got = await post('/v1/auth/device/approve', decision, old);
    expect([got.status, got.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", max_age=300',
    ]);
    expect(edge.neighbours.last(DecideDevice)).toBeUndefined();
    expect((await post('/v1/auth/device/approve', decision, edge.issuer.token())).status).toBe(204);
    expect(edge.neighbours.last(DecideDevice)!.input).toEqual(decision);
  });

  it('R-DF5: what is asked is read by the code, which no problem document repeats', async () => {
    expect((await gateway.call('GET', '/v1/auth/device/requests/WDJB-MJHT')).status).toBe(401);
    const got = await gateway.call('GET', '/v1/auth/device/requests/WDJB-MJHT', { token: edge.issuer.token() });
    expect(got.status).toBe(200);
    expect(edge.neighbours.last(ReadDevice)!.input).toEqual({ user_code: 'WDJB-MJHT' });
    const refused = await gateway.call('GET', `/v1/auth/device/requests/${'W'.repeat(33)}`, {
      token: edge.issuer.token(),
    });
    expect([refused.status, refused.body.instance]).toEqual([404, '/v1/auth/device/requests']);
  });
});

describe('a stock OAuth client (oauth4webapi)', () => {
  const issuer = new URL(PUBLIC_URL);
  const client = { client_id: 'branchpy-cli' };
  const options = () => ({
    [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, unknown>) =>
      fetch(url.replace(PUBLIC_URL, gateway.url), init as RequestInit),
  });
  const discover = async () =>
    oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options() }));

  it('A-device R-DF1 R-AS8: finds the endpoint, begins, is told to wait and gets its tokens', async () => {
    const as = await discover();
    expect(as.grant_types_supported).toContain('urn:ietf:params:oauth:grant-type:device_code');
    const asked = await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { scope: 'anything' }, options());
    const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
    expect(device).toEqual({ ...AUTHORIZATION, expires_in: 600 });

    const poll = async () => {
      const answer = await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, options());
      return oauth.processDeviceCodeResponse(as, client, answer);
    };
    for (const spec of [AuthorizationPending, SlowDown, ExpiredToken]) {
      edge.neighbours.on(PollDevice, () => {
        throw pollRefusal(spec);
      });
      await expect(poll()).rejects.toMatchObject({ error: spec.code, status: 400 });
    }
    edge.neighbours.on(PollDevice, ({ input }) => ({ issued: issued(input.client_id) }));
    expect(await poll()).toMatchObject({ access_token: 'access', refresh_token: 'refresh-of-branchpy-cli' });
    expect(edge.neighbours.last(PollDevice)!.input).toEqual({ device_code: device.device_code, ...client });
  });

  it('B-introspection R-AS7: asks about a token and is told', async () => {
    const as = await discover();
    const root = { client_id: 'root' };
    for (const auth of [oauth.ClientSecretBasic(SECRETS.root), oauth.ClientSecretPost(SECRETS.root)]) {
      const answer = await oauth.introspectionRequest(as, root, auth, edge.issuer.token(), options());
      expect(await oauth.processIntrospectionResponse(as, root, answer)).toMatchObject({
        active: true,
        iss: PUBLIC_URL,
        client_id: 'branchpy-cli',
        token_type: 'Bearer',
      });
    }
  });
});

describe('RFC 8628 refusals', () => {
  const form = (path: string, fields: Record<string, string>) => gateway.call('POST', path, { form: fields });
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';

  it.each<[string, string, Record<string, string>, number, string]>([
    ['no client', '/oauth/device_authorization', {}, 400, 'invalid_request'],
    ['an unknown client', '/oauth/device_authorization', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a poll without a client', '/oauth/token', { grant_type, device_code: 'x' }, 400, 'invalid_request'],
    ['a poll without a code', '/oauth/token', { grant_type, client_id: 'branchpy-cli' }, 400, 'invalid_request'],
  ])('R-DF2: %s', async (_, path, fields, status, error) => {
    const got = await form(path, fields);
    expect([got.status, got.body.error]).toEqual([status, error]);
  });
});

describe('introspection', () => {
  const basic = (name: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
  });
  const root = basic('root', SECRETS.root);
  const introspect = (token: string, headers: Record<string, string> = root): Promise<Got> =>
    gateway.call('POST', '/oauth/introspect', { form: { token }, headers });

  it.each([
    ['nobody', {}],
    ['a wrong secret', basic('root', 'wrong')],
    ['an unknown client', basic('nobody', 'x')],
    ['a public client', basic('branchpy-cli', '')],
    ['a person’s token', { authorization: 'Bearer x.y.z' }],
  ])('R-AS7: %s is told nothing: 401', async (_, headers) => {
    const got = await introspect(edge.issuer.token(), headers as Record<string, string>);
    expect([got.status, got.body.error]).toEqual([401, 'invalid_client']);
  });

  it('R-AS7: a caller for another audience learns no more than of a forged token', async () => {
    const wrong = await introspect(edge.issuer.token(), basic('billing', SECRETS.billing));
    const forged = await introspect('x.y.z', basic('billing', SECRETS.billing));
    expect([wrong.status, wrong.text]).toEqual([200, '{"active":false}']);
    expect(forged.text).toBe(wrong.text);
  });

  it('R-AS7: an expired, revoked, foreign or other token is inactive and nothing else', async () => {
    const sid = randomUUID();
    await gateway.call('POST', '/v1/auth/logout', { token: edge.issuer.token({ sid }) });
    const tokens = [
      edge.issuer.token({ sid }),
      edge.issuer.token({ exp: Math.floor(Date.now() / 1000) - 120 }),
      edge.issuer.token({}, { typ: 'license+jwt' }),
      edge.issuer.serviceToken('billing', []),
      'refresh-of-branchpy-cli',
    ];
    for (const token of tokens) expect((await introspect(token)).text).toBe('{"active":false}');
  });

  it('R-AS7: a service token with the scope asks, too', async () => {
    const bearer = (scopes: string[]) => ({ authorization: `Bearer ${edge.issuer.serviceToken('root', scopes)}` });
    expect((await introspect(edge.issuer.token(), bearer(['introspect.branchpy-api']))).body.active).toBe(true);
    expect((await introspect(edge.issuer.token(), bearer(['introspect.live']))).text).toBe('{"active":false}');
  });

  it('R-DP2 R-DP3: a device’s token is a device’s, and the device was seen', async () => {
    const device_id = randomUUID();
    const { body } = await introspect(edge.issuer.deviceToken({ device_id }));
    expect(body).toMatchObject({ active: true, device_id });
    for (const claim of ['sid', 'roles', 'amr']) expect(body).not.toHaveProperty(claim);
    const told = await eventually('the sighting', 30_000, async () => edge.neighbours.last(NoteDevicesSeen)?.input);
    expect(told).toEqual({ device_ids: [device_id] });
  });
});

describe('paired devices', () => {
  it('C-devices.pair_start C-devices.pair_claim: a person starts, a device claims', async () => {
    edge.neighbours.on(StartPairing, () => ({ code: 'ABCDEFGH', expires_in: 600 }));
    expect((await post('/v1/auth/devices/pair/start', {})).status).toBe(401);
    const started = await post('/v1/auth/devices/pair/start', {}, edge.issuer.token());
    expect([started.status, started.body]).toEqual([200, { code: 'ABCDEFGH', expires_in: 600 }]);
    const claimed = await post('/auth/devices/pair/claim', { code: 'ABCDEFGH', name: 'PC' });
    expect(claimed.status).toBe(200);
    expect(edge.neighbours.last(ClaimPairing)!.input).toEqual({ code: 'ABCDEFGH', name: 'PC' });
  });

  it('C-devices.revoke R-DP3: a removed device is refused by this gateway at once', async () => {
    const [jti, device_id] = [randomUUID(), randomUUID()];
    const token = edge.issuer.deviceToken({ jti, device_id });
    edge.neighbours.on(RevokeDevice, () => ({ session_ids: [jti] }));
    const about = async () => {
      const headers = { authorization: `Basic ${btoa(`root:${SECRETS.root}`)}` };
      return (await gateway.call('POST', '/oauth/introspect', { form: { token }, headers })).body.active as boolean;
    };
    expect(await about()).toBe(true);
    const got = await gateway.call('DELETE', `/v1/auth/devices/${device_id}`, { token: edge.issuer.token() });
    expect(got.status).toBe(204);
    expect(await about()).toBe(false);
    expect((await gateway.call('DELETE', '/v1/auth/devices/nonsense', { token: edge.issuer.token() })).status).toBe(
      404,
    );
  });

  it.each([
    ['GET', '/v1/auth/me'],
    ['GET', '/v1/auth/sessions'],
    ['GET', '/v1/auth/devices'],
    ['POST', '/v1/auth/devices/pair/start'],
    ['POST', '/v1/auth/device/approve'],
    ['GET', '/v1/installations'],
    ['GET', '/v1/license/me'],
  ])('R-DP2: a device’s token opens no route of the account: %s %s', async (method, path) => {
    const json = method === 'POST' ? {} : undefined;
    const got = await gateway.call(method, path, { token: edge.issuer.deviceToken(), json });
    expect([got.status, got.body.code]).toEqual([401, 'invalid_token']);
  });
});

it('A-installations: are listed and removed, and the ended session is refused at once', async () => {
  const [sid, id] = [randomUUID(), randomUUID()];
  edge.neighbours.on(ListInstallations, () => ({ installations: [] }));
  edge.neighbours.on(RemoveInstallation, () => ({ session_ids: [sid] }));
  const listed = await gateway.call('GET', '/installations', { token: edge.issuer.token() });
  expect([listed.status, listed.body]).toEqual([200, { installations: [] }]);
  const device = edge.issuer.token({ sid });
  expect((await gateway.call('DELETE', `/v1/installations/${id}`, { token: edge.issuer.token() })).status).toBe(204);
  expect(edge.neighbours.last(RemoveInstallation)!.input).toEqual({ installation_id: id });
  expect((await gateway.call('GET', '/v1/auth/me', { token: device })).status).toBe(401);
});

it('A-limits: ten starts and five claims a minute for each address', async () => {
  const limited = await edge.gateway({ RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: '127.0.0.0/8' });
  const statuses = async (path: string, json: object, times: number) => {
    const all: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const headers = { 'x-forwarded-for': '203.0.113.9' };
      all.push((await limited.call('POST', path, { json, headers })).status);
    }
    return all;
  };
  const start = await statuses('/v1/auth/device/start', {}, 11);
  expect([start.slice(0, 10), start[10]]).toEqual([Array(10).fill(200), 429]);
  const claim = await statuses('/v1/auth/devices/pair/claim', { code: 'ABCDEFGH', name: 'PC' }, 6);
  expect([claim.slice(0, 5), claim[5]]).toEqual([Array(5).fill(200), 429]);
});

describe('the page that a device sends its person to', () => {
  it('R-DF5 R-SE12: is one page for whatever code, with a script of its own and no handlers in its HTML', async () => {
    const got = await gateway.call('GET', '/device?user_code=WDJB-MJHT');
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = got.headers.get('content-security-policy')!;
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1]!;
    expect(policy).toContain("frame-ancestors 'none'");
    expect(got.text.match(/<script/g)).toHaveLength(1);
    expect(got.text).toContain(`<script nonce="${nonce}">`);
    expect(got.text).not.toMatch(/\son\w+=/);
    expect(got.text).not.toContain('WDJB-MJHT');
    expect(got.text).toMatch(/autocomplete="current-password"/);
    const again = await gateway.call('GET', '/device');
    const hash = (text: string) =>
      createHash('sha256')
        .update(text.replace(/nonce="[^"]+"/g, ''))
        .digest('hex');
    expect(hash(again.text)).toBe(hash(got.text));
  });
});

it('R-LG2: no code and no token of all this is in any line of the log', () => {
  for (const line of edge.lines) expect(line).not.toMatch(/refresh-of-|eyJ|a-device-code-of|WDJB|ABCDEFGH/);
});
