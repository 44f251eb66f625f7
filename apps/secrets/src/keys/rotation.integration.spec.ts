import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import { ListPublicKeys, RotateKey, SignBlob, SignToken, type KeyPurpose } from '#contracts';
import { verifyBlob, type LicensePublicKey } from '#license-format';
import { eventually } from '../../../../test/support/index.js';
import { accessClaims, blobRequest, PRODUCT, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { KEY_PROFILES, KEY_SLOTS, slotName, type KeySlot } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { RotationService } from './rotation.service.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

describe('the keyring of several replicas', () => {
  let world: SecretsWorld;
  let replicas: INestMicroservice[];
  let gateway: Bus;
  let licensing: Bus;
  beforeAll(async () => {
    world = await secretsWorld();
    replicas = await Promise.all([world.replica(), world.replica(), world.replica()]);
    gateway = await world.bus('gateway');
    licensing = await world.bus('licensing');
  }, 120_000);
  afterAll(() => world?.end());

  /** Keys of a slot; of the purpose's usual algorithm when none is given. */
  const inState = async (state: string, purpose: KeyPurpose, alg = KEY_PROFILES[purpose].alg): Promise<string[]> =>
    (
      await world.database.query<{ kid: string }>(
        'SELECT kid FROM signing_keys WHERE state = $1 AND purpose = $2 AND alg = $3',
        [state, purpose, alg],
      )
    ).map((r) => r.kid);
  const listed = async (purpose: KeyPurpose) =>
    (await gateway.send(ListPublicKeys, {})).keys.filter((k) => k.purpose === purpose);
  const rotate = (purpose: KeyPurpose, compromised?: boolean) =>
    gateway.send(RotateKey, { purpose, compromised }, { timeoutMs: 30_000 });
  const rotateAs = (purpose: KeyPurpose, alg: 'ES256') => gateway.send(RotateKey, { purpose, alg });
  /** The one that signs, in every replica. */
  const inUse = async (purpose: KeyPurpose): Promise<string> => {
    const [kid] = await inState('active', purpose);
    await eventually(`all replicas to use ${kid}`, 30_000, async () =>
      replicas.every((r) => r.get(Keyring).current(purpose).kid === kid) ? true : undefined,
    );
    return kid!;
  };
  const signBlob = async (): Promise<{ blob: string; kid: string }> => licensing.send(SignBlob, blobRequest());
  const verdict = async (blob: string): Promise<string> => {
    const keys = (await listed('license_blob')).map((k): LicensePublicKey => ({
      kid: k.kid,
      key: String(k.jwk.x),
      state: k.state,
      not_after: k.not_after,
    }));
    return (await verifyBlob(blob, keys, { now: Date.now() / 1000, product: PRODUCT })).code;
  };

  it('LIC11: three replicas that start at once on an empty database agree on one key for each slot', async () => {
    for (const { purpose, alg } of KEY_SLOTS) {
      const active = await inState('active', purpose, alg);
      expect(active).toHaveLength(1);
      expect(replicas.map((r) => r.get(Keyring).current(purpose, alg).kid)).toEqual([active[0], active[0], active[0]]);
    }
  });

  it('R-JW7: every slot has a key in waiting, published before it signs', async () => {
    const states = async ({ purpose, alg }: KeySlot) =>
      (await listed(purpose)).filter((k) => k.alg === alg).map((k) => k.state);
    for (const slot of KEY_SLOTS) {
      await eventually(`a key in waiting for ${slotName(slot)}`, 60_000, async () =>
        (await states(slot)).sort().join() === 'active,next' ? true : undefined,
      );
    }
  }, 120_000);

  it('LIC11: after a rotation old blobs verify, new ones carry the key that was waiting, and all replicas use it', async () => {
    const old = await signBlob();
    const [waiting] = await inState('next', 'license_blob');
    const made = await rotate('license_blob');
    expect(made).toMatchObject({
      kid: waiting,
      state: 'active',
      purpose: 'license_blob',
      alg: 'EdDSA',
      not_after: null,
    });
    expect(await inUse('license_blob')).toBe(made.kid);
    const fresh = await signBlob();
    expect(fresh.kid).toBe(made.kid);
    expect(await verdict(old.blob)).toBe('VALID');
    expect(await verdict(fresh.blob)).toBe('VALID');
    const before = (await listed('license_blob')).find((k) => k.kid === old.kid)!;
    expect(before.state).toBe('retiring');
    const days = (Date.parse(before.not_after!) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThanOrEqual(90);
  });

  it('LIC11: twelve rotations at once leave exactly one active key, and none is lost', async () => {
    const before = await inState('retiring', 'license_blob');
    const made = await Promise.all(Array.from({ length: 12 }, () => rotate('license_blob')));
    expect(new Set(made.map((k) => k.kid)).size).toBe(12);
    expect(await inState('active', 'license_blob')).toHaveLength(1);
    expect(await inState('retiring', 'license_blob')).toHaveLength(before.length + 12);
    const events = await world.database.query<{ kid: string }>(
      "SELECT DISTINCT subject, kid FROM audit_log WHERE action = 'key.rotate' AND subject = 'license_blob'",
    );
    expect(events.map((e) => e.kid).sort()).toEqual(expect.arrayContaining(made.map((k) => k.kid).sort()));
  });

  it('LIC11: signing goes on during rotations, and each blob verifies', async () => {
    const signing = Array.from({ length: 40 }, () => signBlob());
    const rotating = Array.from({ length: 3 }, () => rotate('license_blob'));
    const blobs = await Promise.all(signing);
    await Promise.all(rotating);
    for (const { blob } of blobs) expect(await verdict(blob)).toBe('VALID');
  });

  it('LIC11: what was read before a rotation does not undo it, however late it comes', async () => {
    const [keyring, stored] = [replicas[0]!.get(Keyring), replicas[0]!.get(SigningKeysRepository)];
    await inUse('license_blob');
    const read = stored.findActive.bind(stored);
    let arrive = (): void => undefined;
    const late = new Promise<void>((resolve) => (arrive = resolve));
    jest.spyOn(stored, 'findActive').mockImplementationOnce(async () => {
      const rows = await read();
      await late;
      return rows;
    });
    const reading = keyring.reload();
    const { kid } = await rotate('license_blob');
    expect(await inUse('license_blob')).toBe(kid);
    arrive();
    await reading;
    expect(keyring.current('license_blob').kid).toBe(kid);
  });

  it('a key that signs no more is not kept', async () => {
    const kept = await world.database.query(
      "SELECT 1 FROM signing_keys WHERE state = 'retiring' AND private_key IS NOT NULL",
    );
    expect(kept).toEqual([]);
  });

  it('LIC4: what a compromised key signed is refused at once, and readers are told why', async () => {
    await inUse('license_blob');
    const stolen = await signBlob();
    await rotate('license_blob', true);
    expect(await verdict(stolen.blob)).toBe('KEY_COMPROMISED');
  });

  it('a compromised access key is published no more', async () => {
    const identity = await world.bus('identity');
    const { kid } = await identity.send(SignToken, { purpose: 'access', claims: accessClaims() });
    await rotate('access', true);
    expect((await listed('access')).map((k) => k.kid)).not.toContain(kid);
  });

  it('LIC4: a key whose overlap is over is retired', async () => {
    await inUse('license_blob');
    const old = await signBlob();
    await rotate('license_blob');
    await world.database.query('UPDATE signing_keys SET not_after = now() WHERE kid = $1', [old.kid]);
    expect(await verdict(old.blob)).toBe('KEY_RETIRED');
  });

  it('R-JW7: keys of one algorithm are rotated without touching those of another', async () => {
    const [rsa] = await inState('active', 'access');
    const made = await gateway.send(RotateKey, { purpose: 'access', alg: 'ES256' }, { timeoutMs: 30_000 });
    expect(made).toMatchObject({ purpose: 'access', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', alg: 'ES256' } });
    expect(await inState('active', 'access')).toEqual([rsa]);
    await expect(rotateAs('license_blob', 'ES256')).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('an access key is rotated after 30 days, once, whichever replicas notice; a key of blobs never by itself', async () => {
    const [access] = await inState('active', 'access');
    const [blob] = await inState('active', 'license_blob');
    const retired = (await inState('retiring', 'access')).length;
    await world.database.query(
      "UPDATE signing_keys SET activated_at = now() - interval '31 days' WHERE state = 'active' AND purpose IN ('access', 'license_blob')",
    );
    await Promise.all(replicas.flatMap((r) => KEY_SLOTS.map((slot) => r.get(RotationService).rotateOverdue(slot))));
    expect(await inState('active', 'access')).not.toEqual([access]);
    expect(await inState('retiring', 'access')).toHaveLength(retired + 1);
    expect(await inState('active', 'license_blob')).toEqual([blob]);
  });
});
