import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { me, register } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const v1 = (path: string) => `${dev.public_url}/v1/auth${path}`;
const put = (path: string, token: string, json: unknown) => call('PUT', v1(path), { token, json });
const get = (path: string, token: string) => call('GET', v1(path), { token });
const fieldsOf = (body: { errors: { field: string }[] }) => body.errors.map((e) => e.field).sort();

describe('a profile', () => {
  it('C-profile.update: changes, keeps and clears; /me shows it', async () => {
    const { accessToken } = await register(dev);
    const first = await put('/profile', accessToken, {
      display_name: 'Ada',
      avatar_url: 'https://pictures.example/ada.png',
      bio: 'Counts.',
      status: 'busy',
    });
    expect([first.status, first.body.display_name, first.body.status]).toEqual([200, 'Ada', 'busy']);
    const second = await put('/profile', accessToken, { bio: null });
    expect(second.body).toMatchObject({ display_name: 'Ada', bio: null, status: 'busy' });
    expect((await me(dev, accessToken)).body).toEqual(second.body);
    expect(second.headers.get('cache-control')).toContain('no-store');
  });

  it('C-profile.update: names every bad field; asks for a token', async () => {
    const { accessToken } = await register(dev);
    const bad = { display_name: '', avatar_url: 'http://a.example/x', bio: 7, status: 'gone', nickname: 'x' };
    const refused = await put('/profile', accessToken, bad);
    expect([refused.status, refused.body.code]).toEqual([400, 'validation_failed']);
    expect(fieldsOf(refused.body)).toEqual(['avatar_url', 'bio', 'display_name', 'nickname', 'status']);
    expect((await call('PUT', v1('/profile'), { json: {} })).status).toBe(401);
  });
});

describe('an agent', () => {
  it('C-agent_config.get C-agent_config.put: is the built-in one, is changed in part, and comes back whole', async () => {
    const { accessToken } = await register(dev);
    const builtIn = await get('/agent-config', accessToken);
    expect(builtIn.body).toMatchObject({ voice: { tts_provider: 'elevenlabs' }, updated_at: null });
    const changed = await put('/agent-config', accessToken, { live: { enabled: true, system_prompt: 'Be brief.' } });
    expect(changed.status).toBe(200);
    expect(changed.body.live).toEqual({ enabled: true, system_prompt: 'Be brief.' });
    expect(changed.body.voice).toEqual(builtIn.body.voice);
    expect((await get('/agent-config', accessToken)).body).toEqual(changed.body);
    expect((await put('/agent-config', accessToken, changed.body)).status).toBe(200);
  });

  it('C-agent_config.put: each bad field is named by its path', async () => {
    const { accessToken } = await register(dev);
    const refused = await put('/agent-config', accessToken, { voice: { tts_provider: 'nobody', pace: 'fast' }, x: 1 });
    expect([refused.status, fieldsOf(refused.body)]).toEqual([400, ['voice.pace', 'voice.tts_provider', 'x']]);
    for (const json of [[], 'text', 7]) expect((await put('/agent-config', accessToken, json)).status).toBe(400);
  });
});

describe('a broadcast', () => {
  it('C-broadcast_config.get C-broadcast_config.put: is qa-host, then what was chosen', async () => {
    const { accessToken } = await register(dev);
    const builtIn = await get('/broadcast-config', accessToken);
    expect(builtIn.body).toEqual({ preset_id: 'qa-host', overrides: {}, updated_at: null });
    const chosen = await put('/broadcast-config', accessToken, {
      preset_id: 'interview',
      overrides: { main: { title: 'Tonight' } },
    });
    expect(chosen.body).toMatchObject({ preset_id: 'interview', overrides: { main: { title: 'Tonight' } } });
    expect((await get('/broadcast-config', accessToken)).body).toEqual(chosen.body);
  });

  it('C-broadcast_config.put: an unknown preset is 400 unknown_preset', async () => {
    const { accessToken } = await register(dev);
    const refused = await put('/broadcast-config', accessToken, { preset_id: 'nobody' });
    expect([refused.status, refused.body.code]).toEqual([400, 'unknown_preset']);
  });
});

describe('presence', () => {
  it('C-presence.online: whoever asks for me is there, unless invisible', async () => {
    const [one, other] = [await register(dev), await register(dev)];
    const online = async () => {
      const answer = await call('GET', `${dev.public_url}/v1/auth/users/online`, { token: one.accessToken });
      return (answer.body.users as { id: string; status: string }[]).find(({ id }) => id === other.userId);
    };
    expect(await online()).toMatchObject({ username: other.username, status: 'online', last_seen: expect.any(String) });
    const invisible = { token: other.accessToken, json: { status: 'invisible' } };
    expect((await call('PUT', `${dev.public_url}/v1/auth/profile`, invisible)).status).toBe(200);
    expect(await online()).toBeUndefined();
    expect((await call('GET', `${dev.public_url}/v1/auth/users/online`)).status).toBe(401);
  });
});
