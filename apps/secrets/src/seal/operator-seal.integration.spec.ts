import { randomUUID } from 'node:crypto';
import { Health } from '#boot';
import {
  ListPublicKeys,
  OpenSealed,
  RotateDataKeys,
  RotateKek,
  Sealed,
  SealService,
  SealValue,
  SignToken,
  UnsealService,
  VerifyAudit,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { accessClaims, internalCaller, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { AuditVerifier } from '../audit/audit-verifier.service.js';
import { Keyring } from '../keys/keyring.service.js';
import { OwnerKeys } from '../vault/owner-keys.service.js';
import { OperatorSealRepository } from './operator-seal.repository.js';
import { OperatorSeal } from './operator-seal.service.js';

describe('a service that an operator seals', () => {
  let world: SecretsWorld;
  beforeAll(async () => {
    world = await secretsWorld();
  }, 60_000);
  afterAll(() => world?.end());

  it('SEC16: hands nothing out in any replica, also in one that starts meanwhile, until it is unsealed', async () => {
    const replicas = [await world.replica(), await world.replica()];
    const [gateway, identity] = [await world.bus('gateway'), await world.bus('identity')];
    const as = { actor: internalCaller('creator-cli', 'keys.seal') };
    const place = { owner_id: randomUUID(), purpose: 'totp', record: 'r', field: 'secret' };
    const { ciphertext } = await eventually('a link to the bus', 40_000, () =>
      identity.send(SealValue, { ...place, plaintext: 'kept' }).catch(() => undefined),
    );
    await eventually('the other link', 40_000, () => gateway.send(ListPublicKeys, {}).catch(() => undefined));
    const sign = () => identity.send(SignToken, { purpose: 'access', claims: accessClaims() });

    expect(await gateway.send(SealService, {}, as)).toMatchObject({ sealed: true, since: expect.any(String) });
    replicas.push(await world.replica());
    for (const each of replicas) {
      await eventually('a sealed replica', 40_000, async () => each.get(Keyring).sealedBecause);
      expect((await each.get(Health).ready()).dependencies.keys).toMatchObject({
        status: 'down',
        reason: 'sealed: an operator has sealed the service',
      });
    }
    for (let n = 0; n < 6; n++) {
      await expect(sign()).rejects.toMatchObject({ code: Sealed.code });
      await expect(identity.send(OpenSealed, { ...place, ciphertext })).rejects.toMatchObject({ code: Sealed.code });
    }
    await expect(gateway.send(SealService, {}, as)).rejects.toMatchObject({ code: Sealed.code });
    const rotates = { actor: internalCaller('creator-cli', 'keys.rotate') };
    for (const rotation of [RotateKek, RotateDataKeys]) {
      await expect(gateway.send<object, object>(rotation, {}, rotates)).rejects.toMatchObject({ code: Sealed.code });
    }
    expect((await gateway.send(ListPublicKeys, {})).keys.length).toBeGreaterThan(0);

    expect(await gateway.send(UnsealService, {}, as)).toEqual({ sealed: false, since: null });
    for (const each of replicas) {
      await eventually('an open replica', 40_000, async () => (each.get(Keyring).sealedBecause ? undefined : true));
    }
    await sign();
    expect(await identity.send(OpenSealed, { ...place, ciphertext })).toMatchObject({ plaintext: 'kept' });
    const told = await world.database.query(
      "SELECT action, caller FROM audit_log WHERE action LIKE 'service.%' ORDER BY at",
    );
    expect(told).toEqual([
      { action: 'service.seal', caller: 'gateway/creator-cli' },
      { action: 'service.unseal', caller: 'gateway/creator-cli' },
    ]);
    expect(await gateway.send(VerifyAudit, {})).toMatchObject({ broken_at: null });
  }, 140_000);

  it('SEC10: the log tells who unsealed it, also when its key is there only later', async () => {
    const gateway = await world.bus('gateway');
    const replica = await world.replica();
    const as = { actor: internalCaller('creator-cli', 'keys.seal') };
    const unseals = () =>
      world.database.query("SELECT caller FROM audit_log WHERE action = 'service.unseal' AND caller LIKE '%-cli'");
    const before = (await unseals()).length;
    await gateway.send(SealService, {}, as);
    // An order that is taken back before it is heard of closes nothing.
    await eventually('a sealed replica', 40_000, async () => (replica.get(Keyring).sealedBecause ? true : undefined));
    await world.database.query('ALTER TABLE data_keys RENAME TO data_keys_away');
    try {
      expect(await gateway.send(UnsealService, {}, as)).toEqual({ sealed: false, since: null });
      await eventually('a replica that cannot open', 40_000, async () =>
        /data_keys/.test(replica.get(Keyring).sealedBecause ?? '') ? true : undefined,
      );
      expect(await unseals()).toHaveLength(before);
    } finally {
      await world.database.query('ALTER TABLE data_keys_away RENAME TO data_keys');
    }
    const told = async () => ((await unseals()).length > before ? true : undefined);
    await eventually('the entry', 60_000, told);
    await eventually('an open replica', 40_000, async () => !replica.get(Keyring).sealedBecause || undefined);
    expect(await unseals()).toHaveLength(before + 1);
    expect(await world.database.query('SELECT 1 FROM audit_backlog')).toEqual([]);
    expect(await replica.get(AuditVerifier).verify()).toMatchObject({ broken_at: null });
  }, 140_000);

  it('SEC16: an order to seal that was taken back before it arrives closes nothing', async () => {
    const replica = await world.replica();
    await replica.get(OperatorSeal).follow(true);
    expect(replica.get(Keyring).sealedBecause).toBeUndefined();
  });

  it('SEC16: people’s keys leave the memory with the others, also when the message was missed', async () => {
    const replica = await world.replica();
    const dropped = jest.spyOn(replica.get(OwnerKeys), 'clear');
    await world.database.query('INSERT INTO operator_seal DEFAULT VALUES');
    try {
      await replica.get(Keyring).closeIfSealed();
    } finally {
      await world.database.query('DELETE FROM operator_seal');
    }
    expect(dropped).toHaveBeenCalled();
  });

  it('SEC16: an order to seal is followed while nobody can say whether it still holds', async () => {
    const replica = await world.replica();
    jest.spyOn(replica.get(OperatorSealRepository), 'since').mockRejectedValueOnce(new Error('away'));
    await replica.get(OperatorSeal).follow(true);
    expect(replica.get(Keyring).sealedBecause).toMatch(/operator/);
  });
});
