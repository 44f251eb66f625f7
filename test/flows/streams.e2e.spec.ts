import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { internal, register, type SignedIn } from '../support/people.js';

const KEY = `live_${randomUUID()}`;

let dev: DevInfo;
let ada: SignedIn;
beforeAll(async () => {
  dev = await stack();
  ada = await register(dev);
}, 120_000);

const as = (who: SignedIn, method: string, path: string, json?: unknown) =>
  call(method, `${dev.public_url}/v1/auth/${path}`, { token: who.accessToken, json });
const create = async (who: SignedIn, over: object = {}) =>
  as(who, 'POST', 'streams', { label: 'Main', platform: 'twitch', stream_key: KEY, ...over });
const lookUp = (caller: string, who: SignedIn, query = '') =>
  internal(dev, caller, 'GET', `/internal/users/${who.userId}/streams${query}`);

describe('streams through the gateway', () => {
  it('C-streams.create C-streams.list C-streams.update C-streams.delete: kept masked, changed, deleted', async () => {
    const made = await create(ada, { rtmp_url: 'rtmp://live.example/app' });
    expect(made.status).toBe(201);
    expect(Object.keys(made.body).sort()).toEqual(
      ['id', 'label', 'platform', 'rtmp_url', 'stream_key_preview', 'enabled', 'created_at', 'updated_at'].sort(),
    );
    expect(made.body.stream_key_preview).toBe(`live_••••${KEY.slice(-4)}`);
    expect((await as(ada, 'GET', 'streams')).body).toEqual({ streams: [made.body] });
    const path = `streams/${made.body.id}`;
    expect((await as(ada, 'PUT', path, { label: 'New', enabled: false })).body).toMatchObject({
      label: 'New',
      enabled: false,
    });
    const refused = await as(ada, 'PUT', path, { stream_key: 'x' });
    expect([refused.status, refused.body.errors[0].code]).toEqual([400, 'unknown_field']);
    expect((await as(ada, 'DELETE', path)).status).toBe(204);
    expect((await as(ada, 'DELETE', path)).status).toBe(404);
    expect((await call('GET', `${dev.public_url}/auth/streams`)).status).toBe(401);
  });

  it('C-streams.reveal SEC8: the plain key for the password and for nothing else', async () => {
    const { body } = await create(ada);
    const reveal = (json: object, who = ada) => as(who, 'POST', `streams/${body.id}/reveal`, json);
    expect((await reveal({ password: ada.password })).body).toEqual({ stream_key: KEY });
    const wrong = await reveal({ password: 'another lantern' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    expect((await reveal({})).status).toBe(400);
    const eve = await register(dev);
    expect((await reveal({ password: eve.password }, eve)).status).toBe(404);
  });

  it('R-BF1: the password cannot be guessed at a reveal', async () => {
    const bob = await register(dev);
    const { body } = await create(bob);
    const guess = (password: string) => as(bob, 'POST', `streams/${body.id}/reveal`, { password });
    for (let i = 0; i < 10; i++) expect((await guess(`guess number ${i}`)).status).toBe(401);
    const blocked = await guess(bob.password);
    expect([blocked.status, blocked.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('C-streams.internal_lookup SEC6: enabled ones with plain keys, for the broadcaster alone', async () => {
    const bob = await register(dev);
    const [one, two] = [(await create(bob)).body, (await create(bob, { stream_key: 'second' })).body];
    await as(bob, 'PUT', `streams/${two.id}`, { enabled: false });
    const found = await lookUp('broadcaster', bob);
    expect(found.body).toEqual({ streams: [{ id: one.id, platform: 'twitch', rtmp_url: null, stream_key: KEY }] });
    expect((await lookUp('broadcaster', bob, `?ids=${two.id}`)).body).toEqual({ streams: [] });
    for (const caller of Object.keys(dev.internal_callers).filter((name) => name !== 'broadcaster')) {
      expect([caller, (await lookUp(caller, bob)).status]).toEqual([caller, 403]);
    }
    const open = await call('GET', `${dev.public_url}/internal/users/${bob.userId}/streams`, {
      token: bob.accessToken,
    });
    expect(open.status).toBe(404);
  });
});

it('C-account.delete C-streams.internal_lookup: of an account that was deleted nothing is handed out from then on', async () => {
  const bob = await register(dev);
  await create(bob);
  expect((await lookUp('broadcaster', bob)).body.streams).toHaveLength(1);
  expect((await as(bob, 'DELETE', 'account', { password: bob.password })).status).toBe(204);
  const none = async () => ((await lookUp('broadcaster', bob)).body.streams.length ? undefined : true);
  await eventually('nothing to be handed out', 30_000, none);
});

describe('chat sources through the gateway', () => {
  it('C-chat_sources.create: kept masked, listed and deleted', async () => {
    const config = { channel: 'somebody', oauth_token: 'oauth:0123456789abcdef' };
    const made = await as(ada, 'POST', 'chat-sources', { platform: 'kick', config });
    expect([made.status, made.body.config]).toEqual([201, { channel: 'somebody', oauth_token: '••••cdef' }]);
    expect((await as(ada, 'GET', 'chat-sources')).body).toEqual({ chat_sources: [made.body] });
    expect((await as(ada, 'POST', 'chat-sources', { platform: 'other', config })).status).toBe(400);
    expect((await as(ada, 'DELETE', `chat-sources/${made.body.id}`)).status).toBe(204);
  });

  it('C-oauth.youtube_start: the browser goes to Google and back, and there is a chat source', async () => {
    const started = await as(ada, 'POST', 'connectors/youtube/start', {});
    expect(started.status).toBe(200);
    const google = await call('GET', started.body.authorize_url);
    const back = google.headers.get('location')!;
    expect(back).toMatch(/\/v1\/auth\/connectors\/youtube\/callback\?/);
    const done = await call('GET', back);
    expect(done.status).toBe(302);
    const id = new URL(done.headers.get('location')!).searchParams.get('chat_source_id');
    const { chat_sources } = (await as(ada, 'GET', 'chat-sources')).body;
    expect(chat_sources).toMatchObject([{ id, platform: 'youtube', connected: true }]);
    const again = await call('GET', back);
    expect(again.headers.get('location')).toContain('error=state_invalid');
    const foreign = await as(ada, 'POST', 'connectors/youtube/start', { return_to: 'https://evil.example/' });
    expect(foreign.status).toBe(400);
  });

  it('R-OC1: what a page has begun ends in its own browser only', async () => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const begin = () =>
      call('POST', `${dev.public_url}/v1/auth/connectors/youtube/start`, { token: ada.accessToken, json: {}, headers });
    const backOf = async (url: string) => (await call('GET', url)).headers.get('location')!;
    const other = await call('GET', await backOf((await begin()).body.authorize_url));
    expect(other.headers.get('location')).toContain('error=state_invalid');
    const started = await begin();
    const cookie = started.headers.getSetCookie()[0]!.split(';')[0]!;
    const own = await call('GET', await backOf(started.body.authorize_url), { headers: { cookie } });
    expect(own.headers.get('location')).toContain('chat_source_id=');
  });
});
