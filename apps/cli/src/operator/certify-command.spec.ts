import { generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  assembleBlob,
  certifiedKeys,
  newLicenseKey,
  signingInput,
  verifyBlob,
  verifyCertificate,
} from '#license-format';
import { certify, type ToCertify } from './certify-command.js';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'certify-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

const [root, signer] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const publicKey = (pair: typeof root): string => String(pair.publicKey.export({ format: 'jwk' }).x);
const file = (name: string, text: string): string => {
  fs.writeFileSync(path.join(dir, name), text, { mode: 0o600 });
  return path.join(dir, name);
};
const rootFile = file('root.pem', root.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
const roots = [{ kid: 'r1', key: publicKey(root) }];
const now = Math.floor(Date.now() / 1000);
const asked = (more: Partial<ToCertify> = {}): ToCertify => ({
  ...{ root: rootFile, rootKid: 'r1', key: { kid: 'k2', key: publicKey(signer) }, issuer: 'studio' },
  ...{ product: 'datatools', until: new Date((now + 1_000) * 1_000) },
  ...more,
});
const how = { now, product: 'datatools', issuer: 'studio' };
/** At the very second at which it is judged, whenever the test comes to it. */
const made = (more: Partial<ToCertify> = {}): string => certify(asked(more), new Date(now * 1_000));

it('D-rotation LIC9: what a key signs that the root vouches for is taken by an application that knows the root alone', async () => {
  const keys = await certifiedKeys([made()], roots, how);
  const said = { v: 2 as const, kid: 'k2', iss: 'studio', prod: 'datatools', key: newLicenseKey('pro'), tier: 'pro' };
  const input = signingInput({ ...said, name: 'Ada', iat: now, nbf: now, exp: now + 9_000, feat: [], jti: 'j' });
  const blob = assembleBlob(input, sign(null, input, signer.privateKey));
  expect(await verifyBlob(blob, keys, how)).toMatchObject({ code: 'VALID' });
  expect(await verifyBlob(blob, [], how)).toMatchObject({ code: 'UNKNOWN_KEY' });
  const late = await verifyCertificate(made(), roots, { ...how, now: now + 1_000 });
  expect(late).toMatchObject({ code: 'EXPIRED' });
});

it.each<[string, Partial<ToCertify>, RegExp]>([
  ['an end that is over', { until: new Date(0) }, /over before it begins/],
  ['a root that is no key', { root: file('note.txt', 'hello') }, /holds no Ed25519 private key/],
])('D-rotation LIC9: %s is refused in words', (_, more, told) => {
  expect(() => made(more)).toThrow(told);
});
