import { randomUUID } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import { CreateStream, LookUpStreams, OpenSealed, RotateDataKeys, SealValue, Unavailable } from '#contracts';
import { whileHeld } from '../../../../test/support/while-held.js';
import { internalCaller, person, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { DataKeysRepository } from '../kek/data-keys.repository.js';
import { dataKeyIdOf } from '../kek/envelope.js';
import { KeyringUpkeep } from '../keys/keyring-upkeep.service.js';
import { DataKeyRotation } from './data-key-rotation.service.js';

const broadcaster = internalCaller('broadcaster', 'streams.read');

describe('the rotation of data keys', () => {
  let world: SecretsWorld;
  let replica: INestMicroservice;
  let identity: Bus;
  let gateway: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    replica = await world.replica();
    // Nothing is recorded by itself from then on.
    await replica.get(KeyringUpkeep).settled;
    identity = await world.bus('identity');
    gateway = await world.bus('gateway');
  }, 60_000);
  afterAll(() => world?.end());

  const statesOf = async (owner: string): Promise<string[]> =>
    (
      await world.database.query<{ state: string }>(
        'SELECT state FROM data_keys WHERE owner_id = $1 ORDER BY created_at, id',
        [owner],
      )
    ).map(({ state }) => state);
  const keyOf = (ciphertext: string): string => dataKeyIdOf(Buffer.from(ciphertext, 'base64url'));

  it('D-rotation: what was sealed opens still, and is sealed anew by another key when it is used', async () => {
    const place = { owner_id: randomUUID(), purpose: 'totp', record: randomUUID(), field: 'secret' };
    const { ciphertext } = await identity.send(SealValue, { ...place, plaintext: 'kept' });
    expect(await identity.send(OpenSealed, { ...place, ciphertext })).toEqual({ plaintext: 'kept' });
    expect(await gateway.send(RotateDataKeys, { owner_id: place.owner_id })).toEqual({ retired: 1 });
    const opened = await identity.send(OpenSealed, { ...place, ciphertext });
    expect(opened.plaintext).toBe('kept');
    expect(keyOf(opened.ciphertext!)).not.toBe(keyOf(ciphertext));
    expect(await identity.send(OpenSealed, { ...place, ciphertext: opened.ciphertext! })).toEqual({
      plaintext: 'kept',
    });
    expect(await statesOf(place.owner_id)).toEqual(['retired', 'active']);
  });

  it('D-rotation C-streams.internal_lookup: a stream’s key is sealed anew in its row at the next look-up', async () => {
    const ada = person();
    const stream = await gateway.send(
      CreateStream,
      { label: 'Main', platform: 'twitch', stream_key: 'live_abcdefgh' },
      { actor: ada },
    );
    const sealedBy = async (): Promise<string> => {
      const sql = 'SELECT envelope FROM stream_keys WHERE stream_id = $1';
      return dataKeyIdOf((await world.database.query<{ envelope: Buffer }>(sql, [stream.id]))[0]!.envelope);
    };
    const first = await sealedBy();
    await gateway.send(RotateDataKeys, { owner_id: ada.user_id });
    const lookUp = () => gateway.send(LookUpStreams, { user_id: ada.user_id }, { actor: broadcaster });
    expect((await lookUp()).streams).toMatchObject([{ stream_key: 'live_abcdefgh' }]);
    const second = await sealedBy();
    expect(second).not.toBe(first);
    expect((await lookUp()).streams).toMatchObject([{ stream_key: 'live_abcdefgh' }]);
    expect(await sealedBy()).toBe(second);
  });

  it('D-rotation: a key that is being wrapped anew is waited for, not left out', async () => {
    const owner_id = randomUUID();
    await identity.send(SealValue, { owner_id, purpose: 'totp', record: 'r', field: 'f', plaintext: 'x' });
    const wrapping = { sql: 'UPDATE data_keys SET kek_id = kek_id WHERE owner_id = $1', params: [owner_id] };
    const rotated = await whileHeld(world.database, wrapping, () => gateway.send(RotateDataKeys, { owner_id }));
    expect(rotated).toEqual({ retired: 1 });
  });

  it('D-rotation: a key that is replaced while it is taken for a seal is taken for no further one', async () => {
    const place = { owner_id: randomUUID(), purpose: 'totp', record: 'r', field: 'f' };
    const stored = replica.get(DataKeysRepository);
    const reserve = stored.reserveSeals.bind(stored);
    jest.spyOn(stored, 'reserveSeals').mockImplementation(async (owner, ...rest) => {
      const key = await reserve(owner, ...rest);
      if (key) await gateway.send(RotateDataKeys, { owner_id: place.owner_id });
      return key;
    });
    await identity.send(SealValue, { ...place, plaintext: 'first' });
    jest.restoreAllMocks();
    const { ciphertext } = await identity.send(SealValue, { ...place, plaintext: 'second' });
    const sql = "SELECT id FROM data_keys WHERE owner_id = $1 AND state = 'active'";
    expect(await world.database.query(sql, [place.owner_id])).toEqual([{ id: keyOf(ciphertext) }]);
  });

  it('D-rotation SEC9: nothing is replaced that could not be recorded, and the next order finds it', async () => {
    const owner_id = randomUUID();
    await identity.send(SealValue, { owner_id, purpose: 'totp', record: 'r', field: 'f', plaintext: 'x' });
    jest.spyOn(replica.get(AuditLog), 'append').mockRejectedValueOnce(Unavailable.with());
    const refused = { code: Unavailable.with().code };
    await expect(gateway.send(RotateDataKeys, { owner_id })).rejects.toMatchObject(refused);
    expect(await statesOf(owner_id)).toEqual(['active']);
    expect(await gateway.send(RotateDataKeys, { owner_id })).toEqual({ retired: 1 });
    const recorded = "SELECT action FROM audit_log WHERE subject = $1 AND action = 'data_key.rotate'";
    expect(await world.database.query(recorded, [owner_id])).toHaveLength(1);
  });

  it('D-rotation: only keys that are old enough are replaced by themselves, and the keyring’s never', async () => {
    const [young, old] = [randomUUID(), randomUUID()];
    for (const owner_id of [young, old]) {
      await identity.send(SealValue, { owner_id, purpose: 'totp', record: 'r', field: 'f', plaintext: 'x' });
    }
    await world.database.query(
      "UPDATE data_keys SET created_at = now() - interval '400 days' WHERE owner_id = $1 OR owner_type <> 'user'",
      [old],
    );
    await replica.get(DataKeyRotation).retireOld();
    expect([await statesOf(young), await statesOf(old)]).toEqual([['active'], ['retired']]);
    expect(new Set(await statesOf('keyring'))).toEqual(new Set(['active']));
    const rows = await world.database.query("SELECT 1 FROM audit_log WHERE action = 'data_key.rotate'");
    expect(rows.length).toBeGreaterThan(0);
  });
});
