import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { compactDecrypt } from 'jose';
import type { Bus } from '#bus';
import {
  CreateStream,
  DeleteStream,
  DestroyOwnerKeys,
  Forbidden,
  GrantInvalid,
  IntegrityFailed,
  ListStreams,
  LookUpStreams,
  NotFound,
  ReplaceStreamKey,
  RevealStreamKey,
  Refusal,
  UpdateStream,
  ValidationFailed,
  VerifyAudit,
  type CreateStreamRequest,
  type UserActor,
} from '#contracts';
import { internalCaller, person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import type { IdentityNeighbour } from '../../test/identity-neighbour.js';

const KEY = 'live_123456789_canarycanarycanarycanary';
const broadcaster = internalCaller('broadcaster', 'streams.read');

let world: SecretsWorld;
let gateway: Bus;
let identity: IdentityNeighbour;
beforeAll(async () => {
  world = await secretsWorld();
  await world.replica();
  gateway = await world.bus('gateway');
  identity = await world.neighbour();
}, 60_000);
afterAll(() => world?.end());

const create = (actor: UserActor, over: Partial<CreateStreamRequest> = {}) =>
  gateway.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: KEY, ...over }, { actor });
const reveal = async (actor: UserActor, stream_id: string, grant = identity.give(actor.user_id, stream_id)) =>
  (await gateway.send(RevealStreamKey, { stream_id, grant }, { actor })).stream_key;
const lookUp = async (user_id: string, more: { ids?: string; previous?: boolean } = {}, actor = broadcaster) =>
  (await gateway.send(LookUpStreams, { user_id, ...more }, { actor })).streams;
const sql = <T extends object>(text: string, params: unknown[] = []) => world.database.query<T>(text, params);
const envelopeOf = async (id: string, version = 1): Promise<Buffer> =>
  (
    await sql<{ envelope: Buffer }>('SELECT envelope FROM stream_keys WHERE stream_id = $1 AND version = $2', [
      id,
      version,
    ])
  )[0]!.envelope;
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error as Refusal).code,
  );

describe('streams', () => {
  it('C-streams.create C-streams.list: come back masked; the key is sealed in the row', async () => {
    const ada = person();
    const made = await create(ada, { rtmp_url: 'rtmp://live.example/app' });
    expect(made).toEqual({
      id: expect.any(String),
      label: 'Main',
      platform: 'twitch',
      rtmp_url: 'rtmp://live.example/app',
      stream_key_preview: 'live_••••nary',
      enabled: true,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await create(ada, { label: 'Other' })).rtmp_url).toBeNull();
    const { streams } = await gateway.send(ListStreams, {}, { actor: ada });
    expect(streams.map((s) => s.label)).toEqual(['Main', 'Other']);
    expect(streams[0]).toEqual(made);
    const kept = JSON.stringify([await sql('SELECT * FROM streams'), await sql('SELECT * FROM stream_keys')]);
    expect(kept).not.toContain('canary');
    expect((await envelopeOf(made.id)).toString('latin1')).not.toContain('canary');
  });

  it('C-streams.create: what cannot be a label, a platform, an address or a key is refused by name', async () => {
    const wrong = { label: ' ', platform: 'Tw itch', rtmp_url: 'https://x', stream_key: 'two words' };
    const refused = await create(person(), wrong).catch((e: unknown) => e as Refusal);
    expect((refused as Refusal).extras.errors?.map((e) => e.field)).toEqual(Object.keys(wrong));
    for (const rtmp_url of ['rtmp://user:secret@live.example/app', 'file:///etc/passwd', 'rtmp://']) {
      await expect(create(person(), { rtmp_url })).rejects.toMatchObject({ code: ValidationFailed.code });
    }
  });

  it('C-streams.update: label and enabled change, each alone; nothing else does', async () => {
    const ada = person();
    const { id: stream_id } = await create(ada);
    const update = (change: object) =>
      gateway.send(UpdateStream, { stream_id, ...change } as never, { actor: ada }) as Promise<object>;
    expect(await update({ label: 'New' })).toMatchObject({ label: 'New', enabled: true });
    expect(await update({ enabled: false })).toMatchObject({ label: 'New', enabled: false });
    for (const change of [{ stream_key: 'x' }, { platform: 'kick' }, { rtmp_url: 'rtmp://a/b' }]) {
      await expect(update(change)).rejects.toMatchObject({ code: ValidationFailed.code });
    }
  });

  it('C-streams.delete: is gone with its key', async () => {
    const ada = person();
    const { id: stream_id } = await create(ada);
    await gateway.send(DeleteStream, { stream_id }, { actor: ada });
    await expect(gateway.send(DeleteStream, { stream_id }, { actor: ada })).rejects.toMatchObject({
      code: NotFound.code,
    });
    expect(await sql('SELECT 1 FROM stream_keys WHERE stream_id = $1', [stream_id])).toEqual([]);
  });

  it('C-streams: another’s stream is not there, for whatever is asked', async () => {
    const [ada, eve] = [person(), person()];
    const { id: stream_id } = await create(ada);
    const as = { actor: eve };
    const tries = [
      gateway.send(UpdateStream, { stream_id, label: 'x' }, as),
      gateway.send(DeleteStream, { stream_id }, as),
      gateway.send(ReplaceStreamKey, { stream_id, stream_key: 'x' }, as),
      reveal(eve, stream_id),
    ];
    expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => NotFound.code));
    expect((await gateway.send(ListStreams, {}, as)).streams).toEqual([]);
    expect(await lookUp(eve.user_id, { ids: stream_id })).toEqual([]);
  });
});

describe('revealing a stream key', () => {
  it('C-streams.reveal SEC8: needs leave for this very stream; of fifty tries with it one succeeds', async () => {
    const ada = person();
    const [one, other] = [await create(ada), await create(ada, { stream_key: 'another-key' })];
    const grant = identity.give(ada.user_id, one.id);
    expect(await outcome(reveal(ada, other.id, grant))).toBe(GrantInvalid.code);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => outcome(reveal(ada, one.id, grant))));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await reveal(ada, one.id)).toBe(KEY);
  });

  it('SEC9 H10: every key that left has its row in the log', async () => {
    const ada = person();
    const { id } = await create(ada);
    await reveal(ada, id);
    await lookUp(ada.user_id);
    const rows = await sql<{ action: string; caller: string }>(
      `SELECT action, caller FROM audit_log WHERE subject LIKE 'stream ' || $1 || '%' ORDER BY at, seq`,
      [id],
    );
    expect(rows).toEqual([
      { action: 'stream.seal', caller: 'gateway' },
      { action: 'stream.reveal', caller: 'gateway' },
      { action: 'stream.look_up', caller: 'gateway/broadcaster' },
    ]);
    expect((await gateway.send(VerifyAudit, {})).broken_at).toBeNull();
  });

  it('SEC1: ciphertexts that change places open nowhere; the attempt is in the log', async () => {
    const [ada, bob] = [person(), person()];
    const [one, two, three] = [await create(ada), await create(ada), await create(bob)];
    const swap = (a: string, b: string) =>
      sql(
        `UPDATE stream_keys k SET envelope = o.envelope FROM stream_keys o
         WHERE (k.stream_id, o.stream_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))`,
        [a, b],
      );
    await swap(one.id, two.id);
    for (const id of [one.id, two.id]) expect(await outcome(reveal(ada, id))).toBe(IntegrityFailed.code);
    expect(await outcome(lookUp(ada.user_id))).toBe(IntegrityFailed.code);
    await swap(one.id, two.id);
    await swap(one.id, three.id);
    expect(await outcome(reveal(ada, one.id))).toBe(IntegrityFailed.code);
    expect(await outcome(reveal(bob, three.id))).toBe(IntegrityFailed.code);
    const [row] = await sql<{ count: string }>(
      `SELECT count(*) FROM audit_log WHERE action = 'stream.reveal.integrity' AND subject LIKE '%' || $1 || '%'`,
      [one.id],
    );
    expect(Number(row!.count)).toBe(2);
    // The stream itself, given to another person.
    await swap(one.id, three.id);
    await sql('UPDATE streams SET user_id = $2 WHERE id = $1', [one.id, bob.user_id]);
    expect(await outcome(reveal(bob, one.id))).toBe(IntegrityFailed.code);
  });

  it('SEC3: an older version’s bytes do not open in the place of the present one', async () => {
    const ada = person();
    const { id: stream_id } = await create(ada);
    const old = await envelopeOf(stream_id);
    await gateway.send(ReplaceStreamKey, { stream_id, stream_key: 'the-second-key' }, { actor: ada });
    expect(await reveal(ada, stream_id)).toBe('the-second-key');
    await sql('UPDATE stream_keys SET envelope = $2 WHERE stream_id = $1 AND version = 2', [stream_id, old]);
    expect(await outcome(reveal(ada, stream_id))).toBe(IntegrityFailed.code);
    // Nor when the present version is taken away.
    await sql('DELETE FROM stream_keys WHERE stream_id = $1 AND version = 2', [stream_id]);
    expect(await outcome(reveal(ada, stream_id))).toBe(IntegrityFailed.code);
  });
});

describe('looking up', () => {
  it('C-streams.internal_lookup: enabled ones with plain keys, all or those asked for', async () => {
    const ada = person();
    const one = await create(ada, { rtmp_url: 'rtmps://live.example/app' });
    const two = await create(ada, { stream_key: 'second-key', platform: 'kick' });
    const off = await create(ada);
    await gateway.send(UpdateStream, { stream_id: off.id, enabled: false }, { actor: ada });
    const first = { id: one.id, platform: 'twitch', rtmp_url: 'rtmps://live.example/app', stream_key: KEY };
    const second = { id: two.id, platform: 'kick', rtmp_url: null, stream_key: 'second-key' };
    expect(await lookUp(ada.user_id)).toEqual([first, second]);
    expect(await lookUp(ada.user_id, { ids: `${two.id},${off.id}` })).toEqual([second]);
    expect(await outcome(lookUp(ada.user_id, { ids: 'x' }))).toBe(ValidationFailed.code);
    expect(await lookUp(person().user_id)).toEqual([]);
  });

  it('SEC6: nobody but the broadcaster is given anything, whatever scopes it has', async () => {
    const ada = person();
    await create(ada);
    const others = ['billing', 'social', 'chat-bridge', 'creator-cli'].map((name) =>
      internalCaller(name, 'streams.read'),
    );
    for (const other of [...others, ada, { ...ada, roles: ['admin'] }]) {
      expect(await outcome(lookUp(ada.user_id, {}, other))).toBe(Forbidden.code);
    }
  });

  it('D-rotation: a key that is replaced can be looked up through its time of grace, and not after', async () => {
    const ada = person();
    const { id: stream_id } = await create(ada);
    const replace = (stream_key: string, grace_seconds?: number) =>
      gateway.send(ReplaceStreamKey, { stream_id, stream_key, grace_seconds }, { actor: ada });
    expect((await replace('second-stream-key')).stream_key_preview).toBe('••••-key');
    expect(await lookUp(ada.user_id)).toMatchObject([{ stream_key: 'second-stream-key' }]);
    expect(await lookUp(ada.user_id, { previous: true })).toMatchObject([
      { stream_key: 'second-stream-key', previous_stream_key: KEY },
    ]);
    await replace('third-stream-key', 0);
    const [found] = await lookUp(ada.user_id, { previous: true });
    expect(found).toMatchObject({ stream_key: 'third-stream-key' });
    expect(found).not.toHaveProperty('previous_stream_key');
  });

  it('C-streams.internal_lookup: sealed to the broadcaster’s key when there is one', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const sealed = await secretsWorld();
    try {
      await sealed.replica({ BROADCASTER_PUBLIC_KEY: publicKey.export({ format: 'jwk' }).x! });
      const bus = await sealed.bus('gateway');
      const ada = person();
      await bus.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: KEY }, { actor: ada });
      const { streams } = await bus.send(LookUpStreams, { user_id: ada.user_id }, { actor: broadcaster });
      expect(JSON.stringify(streams)).not.toContain(KEY);
      const key = createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' });
      const { plaintext } = await compactDecrypt(streams[0]!.stream_key, key);
      expect(Buffer.from(plaintext).toString()).toBe(KEY);
    } finally {
      await sealed.end();
    }
  }, 60_000);
});

it('SEC11: destroying an owner’s keys takes the streams too; rows from a backup open no more', async () => {
  const ada = person();
  const { id } = await create(ada);
  await lookUp(ada.user_id);
  const [stream] = await sql<Record<string, unknown>>('SELECT * FROM streams WHERE id = $1', [id]);
  const envelope = await envelopeOf(id);
  const bus = await world.bus('identity');
  await bus.send(DestroyOwnerKeys, { owner_id: ada.user_id });
  expect((await gateway.send(ListStreams, {}, { actor: ada })).streams).toEqual([]);
  await sql(
    'INSERT INTO streams (id, user_id, label, platform, key_preview) VALUES ($1, $2, $3, $4, $5)',
    ['id', 'user_id', 'label', 'platform', 'key_preview'].map((column) => stream![column]),
  );
  await sql('INSERT INTO stream_keys (stream_id, version, envelope) VALUES ($1, 1, $2)', [id, envelope]);
  expect(await outcome(lookUp(ada.user_id))).toBe('gone');
  expect(await outcome(create(ada))).toBe('gone');
});

it('SEC5: no key is in any line of the log', () => {
  expect(world.logged.length).toBeGreaterThan(0);
  expect(world.logged.join('')).not.toContain('canary');
});
