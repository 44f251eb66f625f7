import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import type { DevInfo } from '#local';
import { endSockets, listen } from '../support/event-sockets.js';
import { call, type Answer } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { internal, licensed, me, refresh, register, type SignedIn } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const v1 = (path: string) => `${dev.public_url}/v1${path}`;
const post = (path: string, json: object, token?: string) => call('POST', v1(path), { json, token });
const start = (json: object = {}) => post('/auth/device/start', json);
const poll = (device: Answer) => post('/auth/device/poll', { device_code: device.body.device_code });
const decide = (user_code: string, approve: boolean, who: SignedIn) =>
  post('/auth/device/approve', { user_code, approve }, who.accessToken);

/** Starts a device, has it approved and fetches its tokens. */
async function signInDevice(who: SignedIn, installation?: object): Promise<Answer> {
  const device = await start(installation ? { installation } : {});
  expect((await decide(device.body.user_code, true, who)).status).toBe(204);
  return poll(device);
}

const pair = async (who: SignedIn, name = 'Stream PC'): Promise<Answer> => {
  const { body } = await call('POST', v1('/auth/devices/pair/start'), { token: who.accessToken });
  return post('/auth/devices/pair/claim', { code: body.code, name });
};

afterEach(endSockets);

const open = (token: string) => listen(dev, token);

describe('signing in on a device', () => {
  it('A-device A-login: pending, too fast, denied and expired are told apart; an approved device gets its tokens', async () => {
    const who = await register(dev);
    const device = await start({ client_id: 'branchpy-cli' });
    expect(device.body).toMatchObject({ verification_uri: `${dev.public_url}/device`, expires_in: 900, interval: 5 });
    const told = async (of: Answer) => {
      const { status, body } = await poll(of);
      return [status, body.code, body.error];
    };
    expect(await told(device)).toEqual([400, 'authorization_pending', 'authorization_pending']);
    await eventually('a poll that comes too soon', 30_000, async () => {
      const [status, code, error] = await told(device);
      expect([status, code]).toEqual([400, error]);
      return code === 'slow_down' ? true : undefined;
    });
    expect(await told({ ...device, body: { device_code: 'unknown' } })).toEqual([
      400,
      'expired_token',
      'expired_token',
    ]);
    const denied = await start();
    await decide(denied.body.user_code, false, who);
    expect(await told(denied)).toEqual([400, 'access_denied', 'access_denied']);

    await licensed(dev, who);
    const { status, body } = await signInDevice(who);
    expect([status, body.user.id]).toEqual([200, who.userId]);
    expect(body).toMatchObject({ refresh_token: expect.any(String), license_token: expect.any(String) });
    expect((await me(dev, body.access_token)).status).toBe(200);
    expect((await refresh(dev, body.refresh_token)).status).toBe(200);
  });

  it('R-DF6: fifty polls of one approval get one set of tokens', async () => {
    const who = await register(dev);
    const device = await start();
    await decide(device.body.user_code, true, who);
    const answers = await Promise.all(Array.from({ length: 50 }, () => poll(device)));
    expect(answers.filter((a) => a.status === 200)).toHaveLength(1);
  });

  it('R-DF5 R-DF8: a person sees what is asked; when another has approved it nobody else can', async () => {
    const [who, other] = [await register(dev), await register(dev)];
    const installation = { name: 'Laptop', platform: 'linux', app_version: '1.4.2' };
    const { body } = await start({ installation });
    const read = (by: SignedIn) =>
      call('GET', v1(`/auth/device/requests/${body.user_code.toLowerCase()}`), { token: by.accessToken });
    expect((await read(who)).body).toMatchObject({
      client: { client_id: 'branchpy-cli', name: 'BranchPy' },
      installation,
      place: { ip: expect.any(String) },
      time: expect.any(String),
    });
    expect((await decide(body.user_code, true, other)).status).toBe(204);
    expect((await read(who)).status).toBe(404);
    expect((await decide(body.user_code, true, who)).status).toBe(400);
  });

  it('A-installations: an approved copy is listed, seen by a refresh, and its removal ends its session', async () => {
    const who = await register(dev);
    const installation = { name: 'Laptop', platform: 'linux', app_version: '1.4.2' };
    const { body: device } = await signInDevice(who, installation);
    const list = async () => (await call('GET', v1('/installations'), { token: who.accessToken })).body.installations;
    const [listed] = await eventually('the installation', 30_000, async () => {
      const found = await list();
      return found.length ? found : undefined;
    });
    expect(listed).toMatchObject({ ...installation, client_id: 'branchpy-cli' });
    const fresh = await refresh(dev, device.refresh_token);
    await eventually('the refresh to be seen', 30_000, async () => {
      const [seen] = await list();
      return Date.parse(seen.last_seen_at) > Date.parse(listed.last_seen_at) || undefined;
    });
    const removed = await call('DELETE', v1(`/installations/${listed.id}`), { token: who.accessToken });
    expect(removed.status).toBe(204);
    // At once when identity can be asked in time, else by the event.
    await eventually('its session to be over', 30_000, async () =>
      (await me(dev, fresh.body.access_token)).status === 401 ? true : undefined,
    );
    expect((await refresh(dev, fresh.body.refresh_token)).status).toBe(401);
    expect(await list()).toEqual([]);
    expect((await me(dev, who.accessToken)).status).toBe(200);
  });

  it('A-device R-AS8: openid-client signs a device in, unmodified', async () => {
    const who = await register(dev);
    const config = await openid.discovery(new URL(dev.public_url), 'branchpy-cli', undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    });
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'anything' });
    expect(device.expires_in).toBe(600);
    const polling = openid.pollDeviceAuthorizationGrant(config, device, undefined, {
      signal: AbortSignal.timeout(60_000),
    });
    // It asks for the first time after one interval; by then the person has decided.
    expect((await decide(device.user_code, true, who)).status).toBe(204);
    const tokens = await polling;
    expect((await me(dev, tokens.access_token)).body.id).toBe(who.userId);
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token!);
    await openid.tokenRevocation(config, fresh.refresh_token!);
    await expect(openid.refreshTokenGrant(config, fresh.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('A-device R-DF2: oauth4webapi is told to wait, to slow down and that it was denied, unmodified', async () => {
    const who = await register(dev);
    const options = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(dev.public_url);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    const client = { client_id: 'branchpy-cli' };
    const asked = await oauth.deviceAuthorizationRequest(as, client, oauth.None(), {}, options);
    const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
    const told = async () => {
      const answer = await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, options);
      return oauth.processDeviceCodeResponse(as, client, answer).then(
        () => 'tokens',
        (error: oauth.ResponseBodyError) => error.error,
      );
    };
    expect(await told()).toBe('authorization_pending');
    await eventually('a poll that comes too soon', 30_000, async () =>
      (await told()) === 'slow_down' ? true : undefined,
    );
    await decide(device.user_code, false, who);
    expect(await told()).toBe('access_denied');
  });
});

describe('a paired device', () => {
  it('C-devices.pair_start C-devices.pair_claim R-DP2: has a token for live and persona that opens no account', async () => {
    const who = await register(dev);
    const { status, body } = await pair(who);
    expect([status, body.expires_in]).toEqual([200, 7_776_000]);
    const keys = createRemoteJWKSet(new URL(`${dev.public_url}/.well-known/jwks.json`));
    for (const audience of ['live', 'persona']) {
      const { payload } = await jwtVerify(body.access_token, keys, {
        ...{ issuer: dev.public_url, audience, typ: 'device+jwt' },
      });
      expect(payload).toMatchObject({ sub: who.userId, device_id: body.device.id });
    }
    for (const path of ['/auth/me', '/auth/sessions', '/auth/devices', '/installations', '/license/me']) {
      expect([path, (await call('GET', v1(path), { token: body.access_token })).status]).toEqual([path, 401]);
    }
    expect(
      (await post('/auth/device/approve', { user_code: 'WDJB-MJHT', approve: true }, body.access_token)).status,
    ).toBe(401);
  });

  it('C-devices.list C-devices.revoke R-DP3: is its person’s agent until it is removed, everywhere at once', async () => {
    const who = await register(dev);
    const { body } = await pair(who, 'Studio');
    const socket = await open(body.access_token);
    const chat = {
      ...{ owner_id: who.userId, platform: 'twitch', channel: 'rowan', message_id: body.device.id },
      ...{ author: { name: 'viewer' }, text: 'hello', at: new Date().toISOString() },
    };
    expect((await internal(dev, 'chat-bridge', 'POST', '/internal/chat', chat)).status).toBe(202);
    await eventually('the chat message', 30_000, async () => socket.frames.find((f) => f.type === 'chat_message'));
    const list = async () => (await call('GET', v1('/auth/devices'), { token: who.accessToken })).body.devices;
    await eventually('the device to have been seen', 30_000, async () => (await list())[0]?.last_seen_at ?? undefined);
    expect(await list()).toEqual([
      { id: body.device.id, name: 'Studio', created_at: expect.any(String), last_seen_at: expect.any(String) },
    ]);
    const removed = await call('DELETE', v1(`/auth/devices/${body.device.id}`), { token: who.accessToken });
    expect(removed.status).toBe(204);
    expect(await socket.closed).toBe(4403);
    await expect(open(body.access_token)).rejects.toThrow('401');
    expect(await list()).toEqual([]);
  });

  it('R-DP4: ends when its person signs out everywhere', async () => {
    const who = await register(dev);
    const { body } = await pair(who);
    const socket = await open(body.access_token);
    await call('POST', v1('/auth/logout?all=true'), { token: who.accessToken });
    expect(await socket.closed).toBe(4403);
    await expect(open(body.access_token)).rejects.toThrow('401');
  });

  it('R-AS7: is known to servers of its audiences by introspection, and to no other', async () => {
    const { body } = await pair(await register(dev));
    const about = (caller: string) => {
      const form = { token: body.access_token, client_id: caller, client_secret: dev.internal_callers[caller]! };
      return call('POST', `${dev.public_url}/oauth/introspect`, { form });
    };
    expect((await about('broadcaster')).body).toMatchObject({ active: true, device_id: body.device.id });
    expect((await about('billing')).body).toEqual({ active: false });
  });
});
