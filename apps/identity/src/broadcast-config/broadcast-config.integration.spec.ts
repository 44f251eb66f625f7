import {
  BroadcastConfigUpdated,
  ReadBroadcastConfig,
  UpdateBroadcastConfig,
  type IssuedTokens,
  type Refusal,
} from '#contracts';
import { actorOf, IdentityApp, outcome, parallel } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const read = (issued: IssuedTokens) => app.ask(ReadBroadcastConfig, {}, { actor: actorOf(issued) });
const put = (issued: IssuedTokens, patch: Record<string, unknown>) =>
  app.ask(UpdateBroadcastConfig, { patch }, { actor: actorOf(issued), timeoutMs: 30_000 });
const refused = async (issued: IssuedTokens, patch: Record<string, unknown>) => {
  const { code, extras } = (await put(issued, patch).catch((e: unknown) => e)) as Refusal;
  return [code, ...(extras.errors ?? []).map((e) => e.field)];
};

describe('a broadcast configuration that is refused', () => {
  it('C-broadcast_config.put: an unknown preset', async () => {
    const issued = await app.register();
    for (const preset_id of ['nobody', '__proto__', 'QA-HOST']) {
      expect(await refused(issued, { preset_id })).toEqual(['unknown_preset', 'preset_id']);
    }
    expect(await read(issued)).toEqual({ preset_id: 'qa-host', overrides: {}, updated_at: null });
  });

  it.each([
    ['preset_id', { preset_id: 7 }],
    ['overrides', { overrides: 'none' }],
    ['overrides', { overrides: [] }],
    ['name', { name: 'mine' }],
    ['overrides.main', { overrides: { main: 'loud' } }],
    ['overrides.a stream', { overrides: { 'a stream': {} } }],
    ['overrides.main.Title', { overrides: { main: { Title: 'x' } } }],
    ['overrides.main.title', { overrides: { main: { title: 7 } } }],
    ['overrides.main.delay_seconds', { overrides: { main: { delay_seconds: '5' } } }],
    ['overrides.main.anything', { overrides: { main: { anything: { deep: true } } } }],
    ['overrides.main.title', { overrides: { main: { title: 'x'.repeat(2_001) } } }],
  ])('C-broadcast_config.put: a bad %s is named', async (field, patch) => {
    expect(await refused(await app.register(), patch)).toEqual(['validation_failed', field]);
  });

  it('C-broadcast_config.put: everything bad is named at once, the preset too', async () => {
    const patch = { preset_id: 'nobody', overrides: { a: 1, b: { chat: 'on' } }, extra: 1 };
    const [code, ...fields] = await refused(await app.register(), patch);
    expect([code, ...fields.sort()]).toEqual([
      'validation_failed',
      'extra',
      'overrides.a',
      'overrides.b.chat',
      'preset_id',
    ]);
  });

  it('C-broadcast_config.put: a member that would be called is refused, not called', async () => {
    const issued = await app.register();
    expect(await refused(issued, { overrides: { constructor: { chat: true } } })).toEqual(['validation_failed']);
    expect(await refused(issued, { overrides: { main: { constructor: true } } })).toEqual(['validation_failed']);
  });

  it('C-broadcast_config.put: overrides do not grow without end', async () => {
    const issued = await app.register();
    const text = 'x'.repeat(2_000);
    const many = (from: number) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`stream-${from + i}`, { title: text }]));
    await put(issued, { overrides: many(0) });
    expect(await refused(issued, { overrides: many(20) })).toEqual(['validation_failed', 'overrides']);
    expect(Object.keys((await read(issued)).overrides)).toHaveLength(20);
  });
});

describe('a broadcast configuration', () => {
  it('C-broadcast_config.get: is qa-host without overrides until something was chosen', async () => {
    expect(await read(await app.register())).toEqual({ preset_id: 'qa-host', overrides: {}, updated_at: null });
  });

  it('C-broadcast_config.put: the stored row comes back, with its time', async () => {
    const issued = await app.register();
    const overrides = { main: { title: 'Hello', chat: false, delay_seconds: 3, own_setting: 'x' } };
    const stored = await put(issued, { preset_id: 'music', overrides });
    expect(stored).toEqual({ preset_id: 'music', overrides, updated_at: expect.stringMatching(/\.\d{3}Z$/) });
    expect(await read(issued)).toEqual(stored);
    expect(await put(issued, { ...stored })).toMatchObject({ preset_id: 'music', overrides });
  });

  it('C-broadcast_config.put: absent leaves; null and empty objects take away', async () => {
    const issued = await app.register();
    await put(issued, {
      preset_id: 'music',
      overrides: { a: { title: 'A', chat: true }, b: { title: 'B' } },
    });
    const second = await put(issued, {
      overrides: { a: { chat: null }, b: null, c: { captions: true } },
    });
    expect(second).toMatchObject({ preset_id: 'music', overrides: { a: { title: 'A' }, c: { captions: true } } });
    expect(Object.keys(second.overrides).sort()).toEqual(['a', 'c']);
    expect(await put(issued, { overrides: {} })).toMatchObject({ preset_id: 'music', overrides: {} });
    expect(await put(issued, { preset_id: null })).toMatchObject({ preset_id: 'qa-host' });
  });

  it('C-broadcast_config.put: 30 changes at once of preset and streams are all there, each told once', async () => {
    const issued = await app.register();
    await parallel(30, (i) =>
      put(issued, i % 3 ? { overrides: { [`s${i}`]: { title: `${i}` } } } : { preset_id: 'gameplay' }),
    );
    const config = await read(issued);
    expect(config.preset_id).toBe('gameplay');
    expect(Object.keys(config.overrides)).toHaveLength(20);
    expect(await app.events(BroadcastConfigUpdated, issued.tokens.user.id)).toHaveLength(30);
  });

  it('E-guard C-broadcast_config.get: an ended session reads nothing', async () => {
    const issued = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [issued.session_id]);
    await expect(outcome(read(issued))).resolves.toBe('invalid_token');
  });
});
