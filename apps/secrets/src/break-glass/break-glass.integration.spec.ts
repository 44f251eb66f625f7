import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import {
  CreateChatSource,
  CreateStream,
  DeleteChatSource,
  DeleteStream,
  DestroyOwnerKeys,
  ListPublicKeys,
  LookUpStreams,
  OpenSealed,
  SealValue,
  SignBlob,
  VerifyAudit,
} from '#contracts';
import { testDatabase, testDir, type TestDatabase } from '../../../../test/support/index.js';
import {
  blobRequest,
  internalCaller,
  ISSUER,
  person,
  PRODUCT,
  secretsWorld,
  type SecretsWorld,
} from '../../test/secrets-replica.js';
import { IntegrityError } from '../kek/envelope.js';
import { migrations } from '../migrations/index.js';
import { withBreakGlass } from './break-glass.js';
import { KEPT_TABLES } from './kept-tables.repository.js';
import { makeRecoveryKey } from './recipient.js';

const digestOf = (file: string): string => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const CANARY = 'live_canary_stream_key';
const broadcaster = internalCaller('broadcaster', 'streams.read');

describe('a break-glass export', () => {
  const dir = testDir('break-glass');
  const recovery = makeRecoveryKey();
  const ada = person();
  const erased = person();
  const place = { owner_id: randomUUID(), purpose: 'totp', record: 'r', field: 'secret' };
  let world: SecretsWorld;
  let fresh: TestDatabase;
  let identity: Bus;
  let gateway: Bus;
  let replica: INestMicroservice;
  let ciphertext: string;
  const file = path.join(dir, 'secrets.sealed');
  const newKek = path.join(dir, 'kek');

  const envOf = (database: string, kek: string): NodeJS.ProcessEnv => ({
    NATS_URL: world.broker.url,
    NATS_SEED_FILE: world.broker.seedFile('secrets'),
    INTERNAL_PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database,
    KEK_FILE: kek,
    LICENSE_ISSUER: ISSUER,
    LICENSE_PRODUCT: PRODUCT,
    PUBLIC_URL: ISSUER,
  });
  const importInto = (database: string, from = file, privateKey = recovery.privateKey, digest?: string) =>
    withBreakGlass(envOf(database, newKek), (it) => it.import(from, { privateKey }, 'ops', digest));
  const create = (who: ReturnType<typeof person>) =>
    gateway.send(CreateStream, { label: 'Main', platform: 'twitch', stream_key: CANARY }, { actor: who });

  beforeAll(async () => {
    world = await secretsWorld();
    fresh = await testDatabase('secrets', migrations);
    fs.writeFileSync(newKek, randomBytes(32), { mode: 0o600 });
    replica = await world.replica();
    [identity, gateway] = [await world.bus('identity'), await world.bus('gateway')];
    await create(ada);
    await create(erased);
    await identity.send(DestroyOwnerKeys, { owner_id: erased.user_id });
    ({ ciphertext } = await identity.send(SealValue, { ...place, plaintext: CANARY }));
  }, 60_000);
  afterAll(async () => {
    await world?.end();
    await fresh?.drop();
    fs.rmSync(dir, { recursive: true, force: true });
  });

  it('D-kms: is sealed, for its owner’s eyes alone, and recorded', async () => {
    const { counts, sha256 } = await withBreakGlass(envOf(world.database.url, world.kekFile), (it) =>
      it.export(file, { publicKey: recovery.publicKey }, 'ops'),
    );
    expect(counts).toMatchObject({ streams: 1, stream_keys: 1, erased_owners: 1 });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    const text = fs.readFileSync(file, 'utf8');
    for (const secret of [CANARY, ada.user_id, Buffer.from(ada.user_id).toString('base64')]) {
      expect(text).not.toContain(secret);
    }
    expect(
      await world.database.query("SELECT caller, subject FROM audit_log WHERE action = 'break_glass.export'"),
    ).toEqual([{ caller: 'operator', subject: 'ops' }]);
    expect(sha256).toBe(digestOf(file));
    expect(await world.database.query("SELECT subject FROM audit_log WHERE action = 'break_glass.exported'")).toEqual([
      { subject: sha256 },
    ]);
    expect(await gateway.send(VerifyAudit, {})).toMatchObject({ broken_at: null });
  });

  it('SEC9 H10: is not made when it cannot be recorded, nor over another file', async () => {
    const other = path.join(dir, 'other');
    const env = envOf(world.database.url, world.kekFile);
    const recipient = { publicKey: recovery.publicKey };
    await expect(withBreakGlass(env, (it) => it.export(file, recipient, 'ops'))).rejects.toThrow(/is there already/);
    await world.database.query('ALTER TABLE audit_log RENAME TO audit_log_away');
    try {
      await expect(withBreakGlass(env, (it) => it.export(other, recipient, 'ops'))).rejects.toMatchObject({
        code: 'unavailable',
      });
    } finally {
      await world.database.query('ALTER TABLE audit_log_away RENAME TO audit_log');
    }
    expect(fs.readdirSync(dir).filter((name) => name.startsWith('other'))).toEqual([]);
  });

  it('SEC2: opens for nobody else, nor changed, cut or put together anew; nothing of it is kept then', async () => {
    await expect(importInto(fresh.url, file, makeRecoveryKey().privateKey)).rejects.toThrow(
      /another key or passphrase/,
    );
    const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
    const broken = {
      cut: lines.slice(0, -1),
      swapped: [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)],
      missing: [lines[0]!, ...lines.slice(2)],
      longer: [...lines, lines.at(-1)!],
      changed: lines.map((line, n) =>
        n === 2 ? `${line.slice(0, 40)}${line[40] === 'A' ? 'B' : 'A'}${line.slice(41)}` : line,
      ),
    };
    for (const [name, content] of Object.entries(broken)) {
      const copy = path.join(dir, name);
      fs.writeFileSync(copy, content.join('\n'));
      await expect(importInto(fresh.url, copy)).rejects.toThrow(IntegrityError);
    }
    expect(await fresh.query('SELECT 1 FROM data_keys')).toEqual([]);
  });

  it('SEC2: is told from one that somebody else has sealed for the same key, and nothing of that is kept', async () => {
    const forged = path.join(dir, 'forged');
    const recipient = { publicKey: recovery.publicKey };
    await withBreakGlass(envOf(world.database.url, world.kekFile), (it) => it.export(forged, recipient, 'eve'));
    const digest = digestOf(file);
    await expect(importInto(fresh.url, forged, recovery.privateKey, digest)).rejects.toThrow(IntegrityError);
    expect(await fresh.query('SELECT 1 FROM data_keys UNION ALL SELECT 1 FROM signing_keys')).toEqual([]);
  });

  it('refuses a database that has keys of its own', async () => {
    const other = await secretsWorld();
    try {
      await other.replica();
      await expect(importInto(other.database.url)).rejects.toThrow(/other keys of its own/);
    } finally {
      await other.end();
    }
  }, 60_000);

  it('D-kms: brings everything back in an empty database, under another key-encryption key', async () => {
    const { keys: before } = await gateway.send(ListPublicKeys, {});
    expect(await importInto(fresh.url, file, recovery.privateKey, digestOf(file))).toMatchObject({
      counts: { streams: 1 },
      sha256: digestOf(file),
    });
    await replica.close();
    replica = await world.replica({ DATABASE_URL: fresh.url, KEK_FILE: newKek });
    const { streams } = await gateway.send(LookUpStreams, { user_id: ada.user_id }, { actor: broadcaster });
    expect(streams).toMatchObject([{ stream_key: CANARY }]);
    expect(await identity.send(OpenSealed, { ...place, ciphertext })).toMatchObject({ plaintext: CANARY });
    const { kid } = await (await world.bus('licensing')).send(SignBlob, blobRequest());
    expect(before.find((key) => key.kid === kid)).toMatchObject({ state: 'active' });
    expect(await gateway.send(VerifyAudit, {})).toMatchObject({ broken_at: null });
  }, 60_000);

  it('SEC11: brings back nothing that was deleted since, but the keys of what is still there, under a new one', async () => {
    const [bob, eve] = [person(), person()];
    const later = path.join(dir, 'later.sealed');
    const lastKek = path.join(dir, 'last-kek');
    fs.writeFileSync(lastKek, randomBytes(32), { mode: 0o600 });
    const destination = await create(bob);
    const config = { channel: 'bob', oauth_token: CANARY };
    const source = await gateway.send(CreateChatSource, { platform: 'kick', config }, { actor: bob });
    await gateway.send(CreateChatSource, { platform: 'kick', config }, { actor: eve });
    await withBreakGlass(envOf(fresh.url, newKek), (it) => it.export(later, { publicKey: recovery.publicKey }, 'ops'));
    await gateway.send(DeleteStream, { stream_id: destination.id }, { actor: bob });
    await gateway.send(DeleteChatSource, { chat_source_id: source.id }, { actor: bob });
    await identity.send(DestroyOwnerKeys, { owner_id: eve.user_id });
    await replica.close();
    const { counts } = await withBreakGlass(envOf(fresh.url, lastKek), (it) =>
      it.import(later, { privateKey: recovery.privateKey }, 'ops'),
    );
    expect(Object.keys(counts).sort()).toEqual(['data_keys', 'erased_owners']);
    for (const table of ['streams', 'chat_sources'])
      expect(
        await fresh.query(`SELECT 1 FROM ${table} WHERE user_id = ANY ($1)`, [[bob.user_id, eve.user_id]]),
      ).toEqual([]);
    expect(await fresh.query('SELECT 1 FROM data_keys WHERE owner_id = $1', [eve.user_id])).toEqual([]);
    replica = await world.replica({ DATABASE_URL: fresh.url, KEK_FILE: lastKek });
    const { streams } = await gateway.send(LookUpStreams, { user_id: ada.user_id }, { actor: broadcaster });
    expect(streams).toMatchObject([{ stream_key: CANARY }]);
    await expect(create(eve)).rejects.toMatchObject({ code: 'gone' });
  }, 60_000);

  it('SEC11: brings nobody back who was erased', async () => {
    await expect(create(erased)).rejects.toMatchObject({ code: 'gone' });
    await identity.send(DestroyOwnerKeys, { owner_id: ada.user_id });
    await importInto(fresh.url);
    const rows = await fresh.query('SELECT 1 FROM data_keys WHERE owner_id = $1', [ada.user_id]);
    expect([rows, await fresh.query('SELECT 1 FROM streams')]).toEqual([[], []]);
  });

  it('holds every table of the service but those that are only its own business', async () => {
    const all = await fresh.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    const own = ['audit_backlog', 'audit_heads', 'audit_log', 'connector_attempts', 'kek_rotations', 'operator_seal'];
    const ofTheLibrary = /^(outbox|inbox|dead_letters|migrations|.*migrations.*|schema_.*)$/;
    const rest = all.map(({ name }) => name).filter((name) => !ofTheLibrary.test(name) && !own.includes(name));
    expect(rest.sort()).toEqual([...KEPT_TABLES].sort());
  });
});
