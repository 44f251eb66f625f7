import { randomUUID } from 'node:crypto';
import { Health } from '#boot';
import {
  ListPublicKeys,
  OpenSealed,
  Sealed,
  SealService,
  SealValue,
  SignToken,
  UnsealService,
  VerifyAudit,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { accessClaims, internalCaller, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { Keyring } from '../keys/keyring.service.js';

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
    const { ciphertext } = await eventually('a link to the bus', 20_000, () =>
      identity.send(SealValue, { ...place, plaintext: 'kept' }).catch(() => undefined),
    );
    await eventually('the other link', 20_000, () => gateway.send(ListPublicKeys, {}).catch(() => undefined));
    const sign = () => identity.send(SignToken, { purpose: 'access', claims: accessClaims() });

    expect(await gateway.send(SealService, {}, as)).toMatchObject({ sealed: true, since: expect.any(String) });
    replicas.push(await world.replica());
    for (const each of replicas) {
      await eventually('a sealed replica', 20_000, async () => each.get(Keyring).sealedBecause);
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
    expect((await gateway.send(ListPublicKeys, {})).keys.length).toBeGreaterThan(0);

    expect(await gateway.send(UnsealService, {}, as)).toEqual({ sealed: false, since: null });
    for (const each of replicas) {
      await eventually('an open replica', 20_000, async () => (each.get(Keyring).sealedBecause ? undefined : true));
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
  }, 60_000);
});
