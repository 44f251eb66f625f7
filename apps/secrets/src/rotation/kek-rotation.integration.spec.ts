import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import { ReadKekStatus, RotateKek, SealValue, type Call } from '#contracts';
import { eventually, pause } from '../../../../test/support/index.js';
import { searches } from '../../../../test/support/nightly.js';
import { SecretsProcess } from '../../test/secrets-process.js';
import { secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { contextOf } from '../kek/data-keys.service.js';
import { LocalKek } from '../kek/local-kek.js';
import { KeyringUpkeep } from '../keys/keyring-upkeep.service.js';
import { SealedValues } from '../vault/sealed-values.service.js';
import { KekRotation } from './kek-rotation.service.js';

const CALL = { caller: 'identity', request_id: 'reader' } as Call;
const KEYS = searches(2_000, 10_000);
const KILLS = searches(1, 2);
/** All batches together take at least this long, so that there is a midst to be killed in. */
const SLOWED_MS = 5_000;
const BATCH = 100;

interface Row {
  id: string;
  owner_id: string;
  wrapped: Buffer;
}

describe('the rotation of the key-encryption key', () => {
  let world: SecretsWorld;
  let replica: INestMicroservice;
  let identity: Bus;
  let before: LocalKek;
  let after: LocalKek;
  let newFile: string;
  beforeAll(async () => {
    world = await secretsWorld();
    newFile = `${world.kekFile}.new`;
    fs.writeFileSync(newFile, randomBytes(32), { mode: 0o600 });
    // This replica was not replaced yet: it wraps with the key before, and knows the new one.
    replica = await world.replica({ KEK_PREVIOUS: `file:${newFile}`, DATA_KEY_CACHE_SECONDS: '1' });
    // Else every process would first make the keys in waiting.
    await replica.get(KeyringUpkeep).settled;
    identity = await world.bus('identity');
    before = new LocalKek(fs.readFileSync(world.kekFile));
    after = new LocalKek(fs.readFileSync(newFile));
    await addKeys();
  }, 60_000);
  afterAll(() => world?.end());

  /** Data keys of as many people, wrapped by the key before. */
  async function addKeys(): Promise<void> {
    const rows = await Promise.all(
      Array.from({ length: KEYS }, async () => {
        const [id, ownerId] = [randomUUID(), randomUUID()];
        const owner = { ownerType: 'user', ownerId, purpose: 'streams' };
        return { id, ownerId, wrapped: await before.wrap(randomBytes(32), contextOf(id, owner)) };
      }),
    );
    await world.database.query(
      `INSERT INTO data_keys (id, owner_type, owner_id, purpose, kek_id, wrapped)
       SELECT id, 'user', owner_id, 'streams', $4, wrapped
       FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS n (id, owner_id, wrapped)`,
      [rows.map((r) => r.id), rows.map((r) => r.ownerId), rows.map((r) => r.wrapped), before.id],
    );
  }

  const wrappedAnew = async (): Promise<number> =>
    Number(
      (
        await world.database.query<{ n: string }>('SELECT count(*) AS n FROM data_keys WHERE kek_id = $1', [after.id])
      )[0]!.n,
    );
  const allWrapped = async (): Promise<boolean> =>
    (await world.database.query('SELECT 1 FROM data_keys WHERE kek_id <> $1 LIMIT 1', [after.id])).length === 0;

  it('SEC12 D-rotation: goes on after being killed in its midst, and no read fails meanwhile', async () => {
    const sealed = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const place = { owner_id: randomUUID(), purpose: 'totp', record: randomUUID(), field: 'secret' };
        const { ciphertext } = await identity.send(SealValue, { ...place, plaintext: `value ${n}` });
        return { ...place, ciphertext };
      }),
    );
    // Each batch takes a while, so that there is a midst to be killed in.
    await world.database.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${(SLOWED_MS * BATCH) / KEYS / 1_000}); RETURN NULL; END $$;
      CREATE TRIGGER linger AFTER UPDATE OF wrapped_at ON data_keys FOR EACH STATEMENT EXECUTE FUNCTION linger()`);

    let over = false;
    const failures: unknown[] = [];
    let reads = 0;
    const read = async (n: number): Promise<void> => {
      const { plaintext } = await replica.get(SealedValues).open(sealed[n]!, CALL);
      if (plaintext !== `value ${n}`) throw new Error(`${plaintext} instead of value ${n}`);
      reads++;
    };
    const reader = (async () => {
      for (let n = 0; !over; n = (n + 1) % sealed.length) {
        await read(n).catch((error: unknown) => failures.push(error));
        await pause(5);
      }
    })();
    const env = { KEK_PROVIDER: `file:${newFile}`, KEK_PREVIOUS: `file:${world.kekFile}` };
    let process = SecretsProcess.start(world, env);
    try {
      let seen = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await eventually('some more keys wrapped anew', 30_000, async () =>
          (await wrappedAnew()) > seen ? true : undefined,
        );
        await process.kill();
        const now = await wrappedAnew();
        expect(now).toBeGreaterThan(seen);
        expect(now).toBeLessThan(KEYS);
        seen = now;
        process = SecretsProcess.start(world, env);
      }
      await eventually('all keys wrapped anew', 60_000, async () => ((await allWrapped()) ? true : undefined));
    } finally {
      over = true;
      await reader;
      await process.kill();
    }
    expect(failures).toEqual([]);
    expect(reads).toBeGreaterThan(sealed.length);
    await world.database.query('DROP TRIGGER linger ON data_keys');
  }, 120_000);

  it('SEC12: every key opens by the new key-encryption key alone', async () => {
    const rows = await world.database.query<Row>(
      "SELECT id, owner_id, wrapped FROM data_keys WHERE purpose = 'streams'",
    );
    expect(rows).toHaveLength(KEYS);
    for (const { id, owner_id, wrapped } of rows) {
      const owner = { ownerType: 'user', ownerId: owner_id, purpose: 'streams' };
      expect(await after.unwrap(wrapped, contextOf(id, owner))).toHaveLength(32);
    }
  });

  it('SEC12: a replica that is told of the key before does not undo it, unless an operator orders so', async () => {
    const old = await world.replica({ KEK_PREVIOUS: `file:${newFile}` });
    expect(await old.get(KekRotation).work()).toBe(0);
    expect(await allWrapped()).toBe(true);
    const gateway = await world.bus('gateway');
    expect(await gateway.send(RotateKek, {})).toMatchObject({ current: before.id, rotating_since: expect.any(String) });
    const status = await eventually('all keys wrapped by the key before', 60_000, async () => {
      await old.get(KekRotation).work();
      const now = await gateway.send(ReadKekStatus, {});
      return now.remaining === 0 && now.rotating_since === null ? now : undefined;
    });
    expect(status.wrapped_by).toMatchObject([{ kek: before.id }]);
  }, 90_000);
});
