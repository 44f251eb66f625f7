import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import type { Bus } from '#bus';
import { ImportKey, ListPublicKeys, RotateKey, SignBlob, type ImportKeyRequest } from '#contracts';
import { assembleBlob, signingInput, verifyBlob, type LicensePublicKey } from '#license-format';
import { eventually } from '../../../../test/support/index.js';
import { blobRequest, PRODUCT, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { Keyring } from '../keys/keyring.service.js';

let world: SecretsWorld;
let replicas: INestMicroservice[];
let gateway: Bus;
let licensing: Bus;
beforeAll(async () => {
  world = await secretsWorld();
  replicas = [await world.replica(), await world.replica()];
  gateway = await world.bus('gateway');
  licensing = await world.bus('licensing');
}, 120_000);
afterAll(() => world?.end());

const oldKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }) as string;
const seed = (key: KeyObject): Buffer => (key.export({ format: 'der', type: 'pkcs8' }) as Buffer).subarray(-32);
const importKey = (request: ImportKeyRequest) => gateway.send(ImportKey, request, { timeoutMs: 20_000 });
const blobKeys = async () =>
  (await gateway.send(ListPublicKeys, {})).keys.filter(({ purpose }) => purpose === 'license_blob');
const verdict = async (blob: string): Promise<string> => {
  const keys = (await blobKeys()).map(({ kid, jwk, state, not_after }): LicensePublicKey => ({
    ...{ kid, state, not_after },
    key: String(jwk.x),
  }));
  return (await verifyBlob(blob, keys, { now: Date.now() / 1000, product: PRODUCT })).code;
};

/** A blob as the tool before made it. */
function oldBlob(key: KeyObject, kid: string): string {
  const { license_key, feat, tier, name, email, iat, nbf, exp, jti } = blobRequest();
  const terms = {
    v: 2 as const,
    kid,
    iss: 'studio',
    prod: PRODUCT,
    key: license_key,
    tier,
    name,
    email,
    iat,
    nbf,
    exp,
  };
  const input = signingInput({ ...terms, feat: feat.list, jti });
  return assembleBlob(input, sign(null, input, key));
}

it('D-kms A-legacy: a verify-only key makes the old tool’s blobs genuine; its private half is nowhere', async () => {
  const key = oldKey();
  const blob = oldBlob(key, 'old-1');
  expect(await verdict(blob)).toBe('UNKNOWN_KEY');
  const before = (await licensing.send(SignBlob, blobRequest())).kid;
  const imported = await importKey({ key: pem(key), use: 'verify', kid: 'old-1' });
  expect(imported).toMatchObject({ kid: 'old-1', state: 'retiring', purpose: 'license_blob' });
  expect(await verdict(blob)).toBe('VALID');
  expect((await licensing.send(SignBlob, blobRequest())).kid).toBe(before);
  const [row] = await world.database.query("SELECT private_key FROM signing_keys WHERE kid = 'old-1'");
  expect(row).toEqual({ private_key: null });
  const traces = [seed(key).toString('base64'), seed(key).toString('hex'), pem(key).split('\n')[1]!];
  for (const trace of traces) expect(world.logged.join('\n')).not.toContain(trace);
});

it.each<[string, (key: KeyObject) => string]>([
  ['PEM', pem],
  ['the DER in base64', (key) => (key.export({ format: 'der', type: 'pkcs8' }) as Buffer).toString('base64')],
  ['the seed in base64', (key) => seed(key).toString('base64')],
  ['the seed in base64url', (key) => seed(key).toString('base64url')],
  ['the seed in hex', (key) => `${seed(key).toString('hex')}\n`],
])('D-kms: a key is read as %s, and named by its thumbprint', async (_, written) => {
  const key = oldKey();
  const { kid, jwk } = await importKey({ key: written(key), use: 'verify' });
  expect(kid).toMatch(/^[\w-]{16}$/);
  expect(await verdict(oldBlob(key, kid))).toBe('VALID');
  expect(jwk).not.toHaveProperty('d');
});

it('D-kms: the same key again is the same key; under another name, or another key under its name, is refused', async () => {
  const key = oldKey();
  const first = await importKey({ key: pem(key), use: 'verify', kid: 'old-2' });
  expect(await importKey({ key: pem(key), use: 'verify', kid: 'old-2' })).toEqual(first);
  for (const wrong of [
    { key: pem(key), kid: 'old-3' },
    { key: pem(oldKey()), kid: 'old-2' },
  ]) {
    await expect(importKey({ ...wrong, use: 'verify' })).rejects.toMatchObject({ code: 'key_exists' });
  }
});

it('D-kms: the same key many times at once is imported once; of two names at once it gets one', async () => {
  const [same, other] = [oldKey(), oldKey()].map(pem) as [string, string];
  const imported = await Promise.all(Array.from({ length: 30 }, () => importKey({ key: same, use: 'verify' })));
  expect(new Set(imported.map(({ kid }) => kid)).size).toBe(1);
  const names = Array.from({ length: 4 }, (_, n) => importKey({ key: other, use: 'verify', kid: `at-once-${n}` }));
  const outcomes = await Promise.allSettled(names);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as Error);
  expect(refused).toHaveLength(3);
  for (const each of refused) expect(each).toMatchObject({ code: 'key_exists' });
});

it('D-kms D-rotation: an imported key signs on every replica; the one before goes on verifying, and it can be rotated out', async () => {
  const key = oldKey();
  const old = await licensing.send(SignBlob, blobRequest());
  await importKey({ key: pem(key), use: 'verify', kid: 'old-4' });
  expect(await importKey({ key: pem(key), use: 'sign', kid: 'old-4' })).toMatchObject({
    kid: 'old-4',
    state: 'active',
  });
  await eventually('every replica signs with it', 20_000, async () =>
    replicas.every((r) => r.get(Keyring).current('license_blob').kid === 'old-4') ? true : undefined,
  );
  const signed = await licensing.send(SignBlob, blobRequest());
  expect(signed.kid).toBe('old-4');
  for (const { blob } of [old, signed]) expect(await verdict(blob)).toBe('VALID');
  expect(await importKey({ key: pem(key), use: 'sign', kid: 'old-4' })).toMatchObject({ state: 'active' });
  await gateway.send(RotateKey, { purpose: 'license_blob' }, { timeoutMs: 20_000 });
  expect(await verdict(signed.blob)).toBe('VALID');
  expect((await blobKeys()).find(({ kid }) => kid === 'old-4')).toMatchObject({ state: 'retiring' });
});

it('D-kms: the same key many times at once takes its turn once, and goes on signing; of two names it gets one', async () => {
  const [same, other] = [oldKey(), oldKey()].map(pem) as [string, string];
  const uses = ['sign', 'verify'] as const;
  const requests = Array.from({ length: 12 }, (_, n) => importKey({ key: same, use: uses[n % 2]!, kid: 'at-once' }));
  expect(new Set((await Promise.all(requests)).map(({ kid }) => kid))).toEqual(new Set(['at-once']));
  expect(await importKey({ key: same, use: 'sign', kid: 'at-once' })).toMatchObject({ state: 'active' });
  const said = await world.database.query(
    "SELECT 1 FROM audit_log WHERE kid = 'at-once' AND action = 'key.import_signing'",
  );
  expect(said).toHaveLength(1);
  const names = Array.from({ length: 4 }, (_, n) => importKey({ key: other, use: 'sign', kid: `turn-at-once-${n}` }));
  const outcomes = await Promise.allSettled(names);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toMatchObject([{ value: { state: 'active' } }]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'key_exists' });
  }
});

it('D-kms: what is compromised does not come back', async () => {
  const key = oldKey();
  await importKey({ key: pem(key), use: 'sign', kid: 'old-5' });
  await gateway.send(RotateKey, { purpose: 'license_blob', compromised: true }, { timeoutMs: 20_000 });
  await expect(importKey({ key: pem(key), use: 'sign', kid: 'old-5' })).rejects.toMatchObject({ code: 'key_exists' });
  expect(await verdict(oldBlob(key, 'old-5'))).not.toBe('VALID');
});

it.each<[string, () => Partial<ImportKeyRequest>]>([
  ['an RSA key', () => ({ key: pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey) })],
  ['a key of another curve', () => ({ key: pem(generateKeyPairSync('x25519').privateKey) })],
  ['31 bytes', () => ({ key: seed(oldKey()).subarray(1).toString('hex') })],
  ['some text', () => ({ key: 'hello there' })],
  [
    'an encrypted key',
    () => ({
      key: oldKey().export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }) as string,
    }),
  ],
  [
    'only the public half, to sign',
    () => ({
      key: generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string,
      use: 'sign',
    }),
  ],
  ['an end in the past', () => ({ key: pem(oldKey()), not_after: '2020-01-01T00:00:00Z' })],
])('D-kms: %s is refused', async (_, more) => {
  await expect(importKey({ key: '', use: 'verify', ...more() })).rejects.toMatchObject({ code: 'validation_failed' });
});

it('D-kms: of the public half alone a verify-only key can be made, and every import is in the audit log', async () => {
  const key = generateKeyPairSync('ed25519');
  const { kid } = await importKey({
    key: key.publicKey.export({ format: 'pem', type: 'spki' }) as string,
    use: 'verify',
  });
  expect(await verdict(oldBlob(key.privateKey, kid))).toBe('VALID');
  const audited = await world.database.query<{ action: string }>('SELECT action FROM audit_log WHERE kid = $1', [kid]);
  expect(audited.map(({ action }) => action)).toContain('key.import_verifying');
});
