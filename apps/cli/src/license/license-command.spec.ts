import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { assembleBlob, assembleRevocations, newLicenseKey, revocationsInput, signingInput } from '#license-format';
import { judgeBlob, judgeToken } from './judgement.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keys = [{ kid: 'k1', key: String(publicKey.export({ format: 'jwk' }).x) }];
const now = Math.floor(Date.now() / 1000);
const DAY = 86_400;

function blobOf(key: string, prod = 'datatools'): string {
  const terms = { iat: now, nbf: now, exp: now + 1_000, feat: [], jti: 'one' };
  const input = signingInput({ v: 2, kid: 'k1', iss: 'studio', prod, key, tier: 'pro', name: 'Ada', ...terms });
  return assembleBlob(input, sign(null, input, privateKey));
}

function listOf(revoked: string[], signer = privateKey): string {
  const times = { iat: now, next: now + 1_000 };
  const list = { v: 1 as const, kid: 'k1', iss: 'studio', prod: 'datatools', seq: 3, ...times, keys: revoked };
  const input = revocationsInput(list);
  return assembleRevocations(input, sign(null, input, signer));
}

const key = newLicenseKey('pro');
const judge = (blob: string, trust: { keys: typeof keys; revocations?: string }, at = now) =>
  judgeBlob(blob, { tokenKeys: [], ...trust }, { now: at });

it('D-cli LIC8: a license is judged by the revocation list, too, where there is one', async () => {
  expect(await judge(blobOf(key), { keys })).toMatchObject({ code: 'VALID' });
  expect(await judge(blobOf(key), { keys, revocations: listOf([]) })).toMatchObject({ code: 'VALID' });
  expect(await judge(blobOf(key), { keys, revocations: listOf([key]) })).toMatchObject({ code: 'REVOKED' });
});

it('D-cli LIC8 LIC10: a list for another product says nothing, and a forged one is not believed', async () => {
  expect(await judge(blobOf(key, 'other'), { keys, revocations: listOf([key]) })).toMatchObject({ code: 'VALID' });
  const forged = listOf([], generateKeyPairSync('ed25519').privateKey);
  await expect(judge(blobOf(key), { keys, revocations: forged })).rejects.toThrow(/cannot be believed/);
  expect(await judge('DTLIC2:nonsense', { keys, revocations: forged })).toMatchObject({ code: 'MALFORMED' });
});

it('D-cli LIC6: a license is judged as at another time, and in the days of grace that are granted', async () => {
  const trust = { keys, tokenKeys: [] };
  const after = now + 1_000 + 3 * DAY;
  expect(await judgeBlob(blobOf(key), trust, { now: after })).toMatchObject({ valid: false, code: 'EXPIRED' });
  const granted = await judgeBlob(blobOf(key), trust, { now: after, grace_days: 4 });
  expect(granted).toMatchObject({ valid: true, code: 'IN_GRACE' });
});

describe('a license token', () => {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n, e } = own.publicKey.export({ format: 'jwk' }) as { n: string; e: string };
  const trust = { tokenKeys: [{ kid: 'l1', kty: 'RSA' as const, n, e }] };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenOf = (signer: KeyObject = own.privateKey) => {
    const said = { iss: 'studio', sub: 'u1', aud: 'gatehouse-license', jti: 'j1', plan: 'pro', features: [] };
    const claims = part({ ...said, iat: now, exp: now + 90 * DAY, max_offline_days: 30 });
    const text = `${part({ alg: 'RS256', typ: 'license+jwt', kid: 'l1' })}.${claims}`;
    return `${text}.${sign('sha256', Buffer.from(text), signer).toString('base64url')}`;
  };
  const at = (days: number, more: object = {}) => judgeToken(tokenOf(), trust, { now: now + days * DAY, ...more });

  it('A-offline: lets its holder work offline for max_offline_days since it was made, or since a later time online', async () => {
    expect(await at(29)).toMatchObject({ allowed: true, code: 'ALLOWED' });
    expect(await at(31)).toMatchObject({ allowed: false, code: 'REFRESH_NEEDED' });
    expect(await at(31, { lastOnline: now + 5 * DAY })).toMatchObject({ allowed: true, code: 'ALLOWED' });
    expect(await at(91, { lastOnline: now + 89 * DAY })).toMatchObject({ allowed: false, code: 'EXPIRED' });
  });

  it('A-offline LIC7: a clock that was set back is noticed', async () => {
    expect(await at(5, { lastOnline: now + 10 * DAY })).toMatchObject({ allowed: true, code: 'CLOCK_ROLLBACK' });
  });

  it('A-offline J2: a forged one, one of somebody else and something else are refused', async () => {
    const forged = tokenOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    expect(await judgeToken(forged, trust, { now })).toMatchObject({ allowed: false, code: 'BAD_SIGNATURE' });
    expect(await at(0, { issuer: 'elsewhere' })).toMatchObject({ allowed: false, code: 'WRONG_ISSUER' });
    expect(await judgeToken('a.b.c', trust, { now })).toMatchObject({ allowed: false, code: 'MALFORMED' });
  });
});
