import { AgentConfigUpdated, ReadAgentConfig, UpdateAgentConfig, type IssuedTokens, type Refusal } from '#contracts';
import { actorOf, IdentityApp, outcome, parallel } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const read = (issued: IssuedTokens) => app.ask(ReadAgentConfig, {}, { actor: actorOf(issued) });
const put = (issued: IssuedTokens, patch: Record<string, unknown>) =>
  app.ask(UpdateAgentConfig, { patch }, { actor: actorOf(issued), timeoutMs: 30_000 });
const badFields = async (issued: IssuedTokens, patch: Record<string, unknown>) => {
  const refused = (await put(issued, patch).catch((e: unknown) => e)) as Refusal;
  return [refused.code, ...(refused.extras.errors ?? []).map((e) => e.field).sort()];
};

describe('an agent configuration that is refused', () => {
  it('C-agent_config.put: shape and lists are checked together, and each bad field is named by its path', async () => {
    const issued = await app.register();
    const patch = {
      voice: { tts_provider: 'nobody', stt_provider: 7, pace: 'fast', language: 'not a language', emotion: 'hangry' },
      avatar: { vrm_url: 'http://models.test/a.vrm', colour: 'red' },
      live: { enabled: 'yes' },
      social: 'on',
      theme: {},
    };
    expect(await badFields(issued, patch)).toEqual([
      'validation_failed',
      ...['avatar.colour', 'avatar.vrm_url', 'live.enabled', 'social', 'theme', 'voice.emotion', 'voice.language'],
      ...['voice.pace', 'voice.stt_provider', 'voice.tts_provider'],
    ]);
    expect((await read(issued)).updated_at).toBeNull();
  });

  it.each([
    ['voice', []],
    ['voice.pace', { voice: { pace: 9 } }],
    ['persona.system_prompt', { persona: { system_prompt: 'x'.repeat(8_001) } }],
    ['world.system_prompt', { world: { system_prompt: 'a\u0000b' } }],
  ])('C-agent_config.put: a bad %s', async (field, patch) => {
    const issued = await app.register();
    expect(await badFields(issued, Array.isArray(patch) ? { voice: patch } : patch)).toEqual([
      'validation_failed',
      field,
    ]);
  });

  it('E-guard C-agent_config.get: an ended session reads and changes nothing', async () => {
    const issued = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [issued.session_id]);
    await expect(outcome(read(issued))).resolves.toBe('invalid_token');
    await expect(outcome(put(issued, { live: { enabled: true } }))).resolves.toBe('invalid_token');
  });
});

describe('an agent configuration', () => {
  it('C-agent_config.get: is the built-in one, whole, until it is changed', async () => {
    const config = await read(await app.register());
    const off = { enabled: false, system_prompt: '' };
    expect(config).toEqual({
      avatar: { name: null, image_url: null, vrm_id: null, vrm_url: null },
      voice: {
        tts_provider: 'elevenlabs',
        stt_provider: 'deepgram',
        voice: null,
        language: 'en',
        emotion: 'neutral',
        pace: 1,
      },
      live: off,
      social: off,
      persona: off,
      world: off,
      updated_at: null,
    });
  });

  it('C-agent_config.put: merges, and null goes back to the default', async () => {
    const issued = await app.register();
    await put(issued, {
      voice: { tts_provider: 'openai', pace: 1.2 },
      live: { enabled: true, system_prompt: 'Be brief.' },
    });
    const second = await put(issued, { voice: { emotion: 'calm' }, persona: {} });
    expect(second.voice).toMatchObject({
      tts_provider: 'openai',
      stt_provider: 'deepgram',
      pace: 1.2,
      emotion: 'calm',
    });
    expect(second.live).toEqual({ enabled: true, system_prompt: 'Be brief.' });
    expect(await read(issued)).toEqual(second);
    const third = await put(issued, { voice: { tts_provider: null }, live: null });
    expect(third.voice).toMatchObject({ tts_provider: 'elevenlabs', pace: 1.2 });
    expect(third.live).toEqual({ enabled: false, system_prompt: '' });
  });

  it('C-agent_config.put: an answer may be sent back as it came', async () => {
    const issued = await app.register();
    const first = await put(issued, { avatar: { name: 'Nova', vrm_id: 'nova-2' } });
    const { updated_at: _before, ...again } = await put(issued, { ...first });
    expect(again).toEqual({ ...first, updated_at: undefined });
  });

  it('C-agent_config.put: 40 changes of different members at once are all there, each told once', async () => {
    const issued = await app.register();
    const surfaces = ['live', 'social', 'persona', 'world'];
    const patchOf = (i: number) => {
      const surface = surfaces[i % 4]!;
      return { [surface]: i % 8 < 4 ? { enabled: true } : { system_prompt: `for ${surface}` } };
    };
    await parallel(40, (i) => put(issued, patchOf(i)));
    const config = (await read(issued)) as unknown as Record<string, unknown>;
    for (const surface of surfaces) expect(config[surface]).toEqual({ enabled: true, system_prompt: `for ${surface}` });
    expect(await app.events(AgentConfigUpdated, issued.tokens.user.id)).toHaveLength(40);
  });

  it('C-agent_config.get: is the caller’s own', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await put(one, { avatar: { name: 'Nova' } });
    expect((await read(other)).avatar.name).toBeNull();
  });
});
