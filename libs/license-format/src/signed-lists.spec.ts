import * as crypto from 'node:crypto';
import { toBase64url } from './base64url.js';
import { nodeVerifier } from './ed25519.js';
import { assembleCertificate, certificateInput, certifiedKeys, verifyCertificate } from './key-certificate.js';
import type { KeyCertificate } from './key-certificate.js';
import { newLicenseKey } from './license-key.js';
import type { LicensePublicKey } from './license-public-key.js';
import { assembleBlob, signingInput } from './blob.js';
import { assembleRevocations, revocationsInput, verifyRevocations, type RevocationList } from './revocation-list.js';
import { verifyBlobSync } from './verify-blob.js';

const NOW = 1_780_000_000;
const pair = () => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
  return { key: publicKey.export({ format: 'jwk' }).x!, sign: (m: Uint8Array) => crypto.sign(null, m, privateKey) };
};
const [k1, k2, root] = [pair(), pair(), pair()];
const keys: LicensePublicKey[] = [{ kid: 'k1', key: k1.key }];
const roots: LicensePublicKey[] = [{ kid: 'r1', key: root.key }];
const licenseKeys = [1, 2, 3].map((n) => newLicenseKey('core', new Uint8Array(5).fill(n))).sort();

const list = (over: Partial<RevocationList> = {}): RevocationList => ({
  ...{ v: 1, kid: 'k1', iss: 'https://gatehouse.example', prod: 'branchpy', seq: 7, iat: NOW, next: NOW + 86_400 },
  keys: licenseKeys,
  ...over,
});
const sealedList = (over: Partial<RevocationList> = {}, by = k1): string => {
  const input = revocationsInput(list(over));
  return assembleRevocations(input, by.sign(input));
};
const options = { now: NOW, product: 'branchpy' };
const codeOf = async (text: unknown, over: object = {}) =>
  (await verifyRevocations(text, keys, { ...options, ...over })).code;

const license = (kid = 'k1') => {
  const input = signingInput({
    ...{ v: 2, kid, iss: 'https://gatehouse.example', prod: 'branchpy', key: licenseKeys[0]!, tier: 'core' },
    ...{ name: 'Ada', iat: NOW, nbf: NOW, exp: NOW + 1_000, feat: [], jti: 'j' },
  });
  return assembleBlob(input, (kid === 'k1' ? k1 : k2).sign(input));
};
const judge = (blob: string, over: object = {}, trusted = keys) =>
  verifyBlobSync(blob, trusted, { ...options, verifier: nodeVerifier(crypto), ...over }).code;

describe('a revocation list', () => {
  it('LIC8: is believed when it is genuine, and an older one never replaces the one that is held', async () => {
    expect(await verifyRevocations(sealedList(), keys, options)).toEqual({ valid: true, code: 'VALID', list: list() });
    expect(await codeOf(sealedList(), { heldSeq: 7 })).toBe('VALID');
    expect(await codeOf(sealedList(), { heldSeq: 8 })).toBe('OLDER');
  });

  it('LIC8: takes its licenses out of force, and no others', async () => {
    const revoked = list().keys;
    expect(judge(license())).toBe('VALID');
    expect(judge(license(), { revoked })).toBe('REVOKED');
    expect(judge(license(), { revoked: revoked.slice(1) })).toBe('VALID');
  });

  it('LIC2 LIC3: any change, another key, product, issuer or kind of text is refused', async () => {
    const sealed = sealedList();
    expect(await codeOf(sealedList({}, k2))).toBe('BAD_SIGNATURE');
    expect(await codeOf(sealedList({ kid: 'k9' }))).toBe('UNKNOWN_KEY');
    expect(await codeOf(sealedList({ prod: 'other' }))).toBe('WRONG_PRODUCT');
    expect(await codeOf(sealed, { issuer: 'https://elsewhere.example' })).toBe('WRONG_ISSUER');
    expect(await codeOf(license())).toBe('MALFORMED');
    expect(judge(sealed)).toBe('MALFORMED');
    for (let i = 0; i < sealed.length; i += 7) {
      const flipped = sealed.slice(0, i) + String.fromCharCode(sealed.charCodeAt(i) ^ 1) + sealed.slice(i + 1);
      expect(await codeOf(flipped)).not.toBe('VALID');
    }
  });

  it('LIC5: has one text only: sorted keys, each once, whole numbers', () => {
    for (const bad of [{ keys: [...licenseKeys].reverse() }, { keys: [licenseKeys[0]!, licenseKeys[0]!] }]) {
      expect(() => revocationsInput(list(bad))).toThrow(RangeError);
    }
    expect(() => revocationsInput(list({ seq: 1.5 }))).toThrow(RangeError);
    expect(() => revocationsInput({ ...list(), extra: 1 } as RevocationList)).toThrow(RangeError);
  });

  it.each([undefined, null, 5, '', 'DTCRL1:', 'DTCRL1:e30.e30', `DTCRL1:${'A'.repeat(100)}`])(
    'LIC5: %p is MALFORMED and never throws',
    async (text) => expect(await codeOf(text)).toBe('MALFORMED'),
  );
});

const certificate = (over: Partial<KeyCertificate> = {}): KeyCertificate => ({
  ...{ v: 1, kid: 'r1', iss: 'https://gatehouse.example', prod: 'branchpy', sub: 'k2', key: k2.key },
  ...{ iat: NOW - 10, nbf: NOW - 10, exp: NOW + 1_000, ...over },
});
const certified = (over: Partial<KeyCertificate> = {}, by = root): string => {
  const input = certificateInput(certificate(over));
  return assembleCertificate(input, by.sign(input));
};
const verdictOn = async (text: unknown, over: object = {}) =>
  (await verifyCertificate(text, roots, { ...options, ...over })).code;

describe('a key certificate', () => {
  it('LIC9: makes a new key good without a new build, until the certificate ends', async () => {
    expect(judge(license('k2'))).toBe('UNKNOWN_KEY');
    const more = await certifiedKeys([certified(), 'rubbish', certified({}, k1)], roots, options);
    expect(more.map(({ kid }) => kid)).toEqual(['k2']);
    expect(judge(license('k2'), {}, [...keys, ...more])).toBe('VALID');
    expect(judge(license('k2'), { now: NOW + 1_000 }, [...keys, ...more])).toBe('KEY_RETIRED');
  });

  it('LIC4 LIC9: what is known against a key counts, in whatever order the lists are put together', async () => {
    const more = await certifiedKeys([certified()], roots, options);
    const against: [Partial<LicensePublicKey>, string][] = [
      [{ state: 'compromised' }, 'KEY_COMPROMISED'],
      [{ state: 'retired' }, 'KEY_RETIRED'],
      [{ not_after: new Date(NOW * 1000).toISOString() }, 'KEY_RETIRED'],
    ];
    for (const [known, code] of against) {
      const fetched = { kid: 'k2', key: k2.key, ...known };
      expect(judge(license('k2'), {}, [...more, fetched])).toBe(code);
      expect(judge(license('k2'), {}, [fetched, ...more])).toBe(code);
    }
    expect(judge(license('k2'), {}, [...more, { kid: 'k2', key: k2.key, state: 'active' }])).toBe('VALID');
  });

  it('LIC9: may last until the end of time', async () => {
    const more = await certifiedKeys([certified({ exp: Number.MAX_SAFE_INTEGER })], roots, options);
    expect(more).toMatchObject([{ kid: 'k2', not_after: '9999-12-31T23:59:59.000Z' }]);
    expect(judge(license('k2'), {}, more)).toBe('VALID');
  });

  it('LIC9: a certificate for another key helps no license', async () => {
    const other = await certifiedKeys([certified({ sub: 'k3' })], roots, options);
    expect(judge(license('k2'), {}, other)).toBe('UNKNOWN_KEY');
    const swapped = await certifiedKeys([certified({ key: k1.key })], roots, options);
    expect(judge(license('k2'), {}, swapped)).toBe('BAD_SIGNATURE');
  });

  it('LIC9: only the root’s own, for this product, at this time', async () => {
    expect(await verdictOn(certified())).toBe('VALID');
    expect(await verdictOn(certified({}, k1))).toBe('BAD_SIGNATURE');
    expect(await verdictOn(certified({ kid: 'k1' }))).toBe('UNKNOWN_KEY');
    expect(await verdictOn(certified({ prod: 'other' }))).toBe('WRONG_PRODUCT');
    expect(await verdictOn(certified(), { issuer: 'https://elsewhere.example' })).toBe('WRONG_ISSUER');
    expect(await verdictOn(certified({ nbf: NOW + 1 }))).toBe('NOT_YET_VALID');
    expect(await verdictOn(certified({ exp: NOW }))).toBe('EXPIRED');
    expect(await verdictOn(license())).toBe('MALFORMED');
    expect(await verdictOn('DTKEY1:e30.e30')).toBe('MALFORMED');
    expect(() => certificateInput(certificate({ key: toBase64url(new Uint8Array(31)) }))).toThrow(RangeError);
  });
});
