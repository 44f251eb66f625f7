import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import {
  CreateChatSource,
  DeleteChatSource,
  DestroyOwnerKeys,
  FinishYoutubeConnector,
  ListChatSources,
  NotFound,
  Refusal,
  StartYoutubeConnector,
  type ChatSource,
  type FinishConnectorRequest,
  type UserActor,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { serveHttp, type RunningHttp } from '../../../stand-ins/src/http/http-stand-in.js';
import { YoutubeStandIn } from '../../../stand-ins/src/providers/youtube-routes.js';
import { person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { Revocations } from './revocations.service.js';
import { TokenRefresh } from './token-refresh.service.js';

const REGISTRATION = { client_id: 'gatehouse', client_secret: 'canary-client-secret' };
const RETURN = 'https://hub.example/connected';

let youtube: YoutubeStandIn;
let http: RunningHttp;
let world: SecretsWorld;
let replica: INestMicroservice;
let gateway: Bus;
beforeAll(async () => {
  youtube = new YoutubeStandIn(REGISTRATION);
  http = await serveHttp(youtube.routes(), 0);
  world = await secretsWorld();
  const env = {
    YOUTUBE_CLIENT_ID: REGISTRATION.client_id,
    YOUTUBE_CLIENT_SECRET: REGISTRATION.client_secret,
    YOUTUBE_AUTHORIZE_URL: `${http.url}/youtube/authorize`,
    YOUTUBE_TOKEN_URL: `${http.url}/youtube/token`,
    YOUTUBE_REVOKE_URL: `${http.url}/youtube/revoke`,
    YOUTUBE_API_URL: `${http.url}/youtube/api`,
  };
  replica = await world.replica(env);
  await world.replica(env);
  gateway = await world.bus('gateway');
}, 60_000);
afterAll(async () => {
  await world?.end();
  await http?.close();
});
const usual = { channel: { id: 'UC1', title: 'Rowan Live' }, expires_in: 3_600, deny: false, trouble: 0 };
beforeEach(() => void Object.assign(youtube.setting, usual));

const start = async (actor: UserActor, browser?: string): Promise<URL> => {
  const { authorize_url } = await gateway.send(StartYoutubeConnector, { return_to: RETURN, browser }, { actor });
  return new URL(authorize_url);
};
/** The browser at Google: what it is sent back with. */
const consent = async (authorize: URL): Promise<FinishConnectorRequest> => {
  const { headers } = await fetch(authorize, { redirect: 'manual' });
  const { searchParams } = new URL(headers.get('location')!);
  return Object.fromEntries([...searchParams].filter(([name]) => ['state', 'code', 'error'].includes(name)));
};
const finish = (back: FinishConnectorRequest) => gateway.send(FinishYoutubeConnector, back);
const connect = async (actor: UserActor) => finish(await consent(await start(actor)));
const list = async (actor: UserActor): Promise<ChatSource[]> =>
  (await gateway.send(ListChatSources, {}, { actor })).chat_sources;
const remove = (actor: UserActor, chat_source_id: string) =>
  gateway.send(DeleteChatSource, { chat_source_id }, { actor });
const sql = <T extends object>(text: string, params: unknown[] = []) => world.database.query<T>(text, params);
/** Until the platform knows it, and it is noted here; a failed try would be followed by another one after a minute. */
const revoked = (leave: string) =>
  eventually('the revocation', 30_000, async () => {
    await sql('UPDATE connector_revocations SET due_at = now()');
    await replica.get(Revocations).work();
    const left = await sql('SELECT 1 FROM connector_revocations');
    return youtube.revoked.includes(leave) && !left.length ? true : undefined;
  });
const versionOf = async (id: string) =>
  (await sql<{ version: number; status: string }>('SELECT version, status FROM chat_sources WHERE id = $1', [id]))[0]!;

describe('chat sources', () => {
  it.each(['youtube', 'twitch', 'kick'] as const)(
    'C-chat_sources.create: of %s are kept sealed, shown masked, listed and deleted',
    async (platform) => {
      const ada = person();
      const config = { channel: 'somebody', oauth_token: 'oauth:canary-canary-canary' };
      const made = await gateway.send(CreateChatSource, { platform, label: 'Chat', config }, { actor: ada });
      expect(made).toMatchObject({
        platform,
        label: 'Chat',
        config: { channel: 'somebody', oauth_token: '••••nary' },
        connected: false,
        status: 'ok',
      });
      expect(await list(ada)).toEqual([made]);
      expect(JSON.stringify(await sql('SELECT * FROM chat_sources'))).not.toContain('canary');
      const eve = person();
      expect(await list(eve)).toEqual([]);
      await expect(remove(eve, made.id)).rejects.toMatchObject({ code: NotFound.code });
      await remove(ada, made.id);
      expect(await list(ada)).toEqual([]);
    },
  );
});

describe('connecting a YouTube channel', () => {
  it('C-oauth.youtube_start: Google’s address with a state and a PKCE challenge; the callback makes the source', async () => {
    const ada = person();
    const authorize = await start(ada);
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      client_id: 'gatehouse',
      redirect_uri: 'https://id.example/v1/auth/connectors/youtube/callback',
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      access_type: 'offline',
      scope: expect.stringContaining('youtube.readonly'),
    });
    const finished = await finish(await consent(authorize));
    expect(finished).toEqual({ return_to: RETURN, chat_source_id: expect.any(String) });
    const [source] = await list(ada);
    expect(source).toMatchObject({
      id: finished.chat_source_id,
      platform: 'youtube',
      label: 'Rowan Live',
      connected: true,
      config: { channel_id: 'UC1', channel_title: 'Rowan Live', access_token: expect.stringMatching(/^••••.{0,4}$/) },
    });
    const kept = JSON.stringify([
      await sql('SELECT * FROM chat_sources'),
      await sql('SELECT * FROM connector_attempts'),
    ]);
    for (const leave of youtube.leaves) expect(kept).not.toContain(leave);
  });

  it('H3: a state is good once, on any replica, of fifty tries at once too', async () => {
    const ada = person();
    const back = await consent(await start(ada));
    const finished = await Promise.all(Array.from({ length: 50 }, () => finish(back)));
    expect(finished.filter((f) => f.chat_source_id)).toHaveLength(1);
    expect(finished.filter((f) => f.error === 'state_invalid')).toHaveLength(49);
    expect(await list(ada)).toHaveLength(1);
  });

  it('R-OC1: a state that is unknown, missing, over or of another browser makes nothing', async () => {
    const ada = person();
    const { code } = await consent(await start(ada));
    for (const back of [{ code }, { code, state: 'x' }, {}]) {
      expect(await finish(back)).toEqual({ error: 'state_invalid' });
    }
    const late = await consent(await start(ada));
    await sql('UPDATE connector_attempts SET expires_at = now()');
    expect(await finish(late)).toEqual({ error: 'state_invalid' });
    const bound = await consent(await start(ada, 'the browser of ada'));
    expect(await finish({ ...bound, browser: 'another' })).toEqual({ error: 'state_invalid' });
    const own = await consent(await start(ada, 'the browser of ada'));
    expect((await finish({ ...own, browser: 'the browser of ada' })).chat_source_id).toBeDefined();
  });

  it('C-oauth.youtube_start: a no, a failing Google and an account without a channel are told apart', async () => {
    const ada = person();
    Object.assign(youtube.setting, { deny: true });
    expect(await connect(ada)).toEqual({ return_to: RETURN, error: 'access_denied' });
    Object.assign(youtube.setting, { deny: false, trouble: 500 });
    expect(await connect(ada)).toEqual({ return_to: RETURN, error: 'provider_failed' });
    Object.assign(youtube.setting, { trouble: 0, channel: null });
    expect(await connect(ada)).toEqual({ return_to: RETURN, error: 'no_channel' });
    const stolen = await consent(await start(ada));
    expect(await finish({ ...stolen, code: 'code-of-another' })).toEqual({
      return_to: RETURN,
      error: 'provider_failed',
    });
    expect(await list(ada)).toEqual([]);
  });

  it('the same channel again takes the place of its tokens; another is another source', async () => {
    const ada = person();
    const [first, again] = [await connect(ada), await connect(ada)];
    expect(again.chat_source_id).toBe(first.chat_source_id);
    expect((await versionOf(first.chat_source_id!)).version).toBe(2);
    Object.assign(youtube.setting, { channel: { id: 'UC2', title: 'Other' } });
    expect((await connect(ada)).chat_source_id).not.toBe(first.chat_source_id);
    expect(await list(ada)).toHaveLength(2);
  });
});

describe('tokens of connected channels', () => {
  it('C-oauth.youtube_start: are refreshed before they end, once, however many replicas look', async () => {
    const ada = person();
    const { chat_source_id } = await connect(ada);
    const [row] = await sql<{ left: number }>(
      'SELECT extract(epoch FROM refresh_at - now())::int AS left FROM chat_sources WHERE id = $1',
      [chat_source_id],
    );
    expect(row!.left).toBeLessThanOrEqual(3_300);
    await sql('UPDATE chat_sources SET refresh_at = now() WHERE id = $1', [chat_source_id]);
    const before = youtube.refreshes;
    await Promise.all([1, 2, 3].map(() => replica.get(TokenRefresh).work()));
    await eventually('the next version', 30_000, async () =>
      (await versionOf(chat_source_id!)).version === 2 ? true : undefined,
    );
    expect(youtube.refreshes).toBe(before + 1);
    expect((await list(ada))[0]).toMatchObject({ status: 'ok' });
  });

  it('C-oauth.youtube_start: leave that was taken back at Google shows, and connecting again mends it', async () => {
    const ada = person();
    const { chat_source_id } = await connect(ada);
    youtube.leaves.clear();
    await sql('UPDATE chat_sources SET refresh_at = now() WHERE id = $1', [chat_source_id]);
    await replica.get(TokenRefresh).work();
    await eventually('the state', 30_000, async () =>
      (await list(ada))[0]!.status === 'reconnect_needed' ? true : undefined,
    );
    await connect(ada);
    expect(await list(ada)).toMatchObject([{ id: chat_source_id, status: 'ok' }]);
  });

  it('C-oauth.youtube_start: are revoked at Google when the source is deleted, also when Google was away first', async () => {
    const ada = person();
    const { chat_source_id } = await connect(ada);
    const leave = [...youtube.leaves].at(-1)!;
    Object.assign(youtube.setting, { trouble: 503 });
    await remove(ada, chat_source_id!);
    await replica.get(Revocations).work();
    expect(youtube.revoked).not.toContain(leave);
    Object.assign(youtube.setting, { trouble: 0 });
    await revoked(leave);
  });

  it('SEC11: are revoked too when the person is erased, whose keys are gone by then', async () => {
    const ada = person();
    await connect(ada);
    const leave = [...youtube.leaves].at(-1)!;
    await (await world.bus('identity')).send(DestroyOwnerKeys, { owner_id: ada.user_id });
    expect(await list(ada)).toEqual([]);
    await revoked(leave);
    expect((await start(ada).catch((e: unknown) => e as Refusal)) as Refusal).toMatchObject({ code: 'gone' });
  });
});

it('SEC5: neither tokens nor the client’s secret are in any line of the log', () => {
  const lines = world.logged.join('');
  for (const secret of ['canary', ...youtube.revoked, ...youtube.leaves]) expect(lines).not.toContain(secret);
  expect(lines).not.toMatch(/(access|refresh|code)-[\w-]{24}/);
});
