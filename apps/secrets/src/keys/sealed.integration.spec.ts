import fs from 'node:fs';
import { randomBytes } from 'node:crypto';
import { Health } from '#boot';
import { DeriveMacKey, ListPublicKeys, RotateKey, Sealed, SignBlob, SignToken, VerifyAudit } from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { accessClaims, blobRequest, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { Keyring } from './keyring.service.js';

describe('sealed keys', () => {
  let world: SecretsWorld;
  beforeEach(async () => {
    world = await secretsWorld();
  }, 60_000);
  afterEach(() => world?.end());

  it('SEC16: with another key-encryption key nothing is signed, readiness fails, and nothing hangs', async () => {
    const first = await world.replica();
    expect((await first.get(Health).ready()).dependencies.keys).toEqual({ status: 'up' });
    await first.close();

    fs.writeFileSync(world.kekFile, randomBytes(32));
    const sealed = await world.replica();
    const readiness = await sealed.get(Health).ready();
    expect(readiness.status).toBe('not_ready');
    expect(readiness.dependencies.keys).toMatchObject({
      status: 'down',
      reason: expect.stringMatching(/^sealed: .*wrapped by/),
    });

    const refused = { code: Sealed.code };
    const identity = await world.bus('identity');
    const licensing = await world.bus('licensing');
    const gateway = await world.bus('gateway');
    await expect(identity.send(SignToken, { purpose: 'access', claims: accessClaims() })).rejects.toMatchObject(
      refused,
    );
    await expect(licensing.send(SignBlob, blobRequest())).rejects.toMatchObject(refused);
    await expect(identity.send(DeriveMacKey, { context: 'refresh_token' })).rejects.toMatchObject(refused);
    await expect(gateway.send(RotateKey, { purpose: 'access' })).rejects.toMatchObject(refused);
    await expect(gateway.send(VerifyAudit, {})).rejects.toMatchObject(refused);
    // What was signed before still verifies.
    expect((await gateway.send(ListPublicKeys, {})).keys.length).toBeGreaterThanOrEqual(3);
  });

  it('SEC16: opens by itself once what was in the way is gone', async () => {
    await world.database.query('ALTER TABLE data_keys RENAME TO data_keys_away');
    const keyring = (await world.replica()).get(Keyring);
    expect(keyring.sealedBecause).toMatch(/data_keys/);
    await world.database.query('ALTER TABLE data_keys_away RENAME TO data_keys');
    await eventually('open keys', 60_000, () => Promise.resolve(keyring.sealedBecause === undefined || undefined));
    expect(keyring.current('access').kid).toHaveLength(16);
  }, 120_000);

  it('SEC15: refuses to start with a key file that others can read', async () => {
    fs.writeFileSync(world.kekFile, randomBytes(32), { mode: 0o600 });
    fs.chmodSync(world.kekFile, 0o644);
    await expect(world.replica()).rejects.toThrow(/mode 0644, so that others can read it/);
    expect(await world.database.query('SELECT 1 FROM signing_keys')).toEqual([]);
  });

  it('SEC15: refuses to start in production without a key file, and makes none', async () => {
    await expect(world.replica({ GATEHOUSE_PROFILE: 'production' })).rejects.toThrow(/does not exist/);
    expect(fs.existsSync(world.kekFile)).toBe(false);
  });
});
