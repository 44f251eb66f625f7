import * as crypto from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeVerifier } from './ed25519.js';
import type { LicensePayload } from './payload.js';
import type { LicensePublicKey } from './license-public-key.js';
import { verifyBlobSync, type VerifyOptions } from './verify-blob.js';

type Case = { blob: unknown } & VerifyOptions;
interface Vectors {
  keys: LicensePublicKey[];
  encoding: { payload: LicensePayload; blob: string }[];
  verdicts: ({ name: string; code: string } & Case)[];
}
const vectors = JSON.parse(readFileSync(join(__dirname, '../vectors/blobs.json'), 'utf8')) as Vectors;
const { keys } = vectors;
const verifier = nodeVerifier(crypto);
const options = { now: 1_780_000_000, product: 'branchpy' };

/** What the verifier in Python says, case by case. */
function inPython(cases: Case[], trusted = keys): string[] {
  const script = join(__dirname, '../python/gatehouse_license.py');
  const input = JSON.stringify({ keys: trusted, cases });
  const { status, stdout, stderr, error } = spawnSync('python3', [script, '--batch'], { input, encoding: 'utf8' });
  if (error) throw new Error('python3 is needed to compare the two verifiers; install it', { cause: error });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}
const inTypeScript = (cases: Case[], trusted = keys): string[] =>
  cases.map(({ blob, ...rest }) => verifyBlobSync(blob, trusted, { ...rest, verifier }).code);

describe('two verifiers', () => {
  it('LIC1: agree on every vector', () => {
    expect(vectors.verdicts.length).toBeGreaterThan(20);
    const expected = vectors.verdicts.map(({ name, code }) => [name, code]);
    const found = inPython(vectors.verdicts);
    expect(vectors.verdicts.map(({ name }, i) => [name, found[i]])).toEqual(expected);
    expect(inTypeScript(vectors.verdicts)).toEqual(vectors.verdicts.map(({ code }) => code));
  });

  it('LIC1: agree on every text that an encoder has made', () => {
    const cases = vectors.encoding.map(({ blob, payload }) => ({ ...options, blob, product: payload.prod }));
    expect(inPython(cases)).toEqual(inTypeScript(cases));
  });

  it('LIC1 LIC4: agree on keys of which two lists say different things', () => {
    const { blob, payload } = vectors.encoding[0]!;
    const [key] = keys.filter(({ kid }) => kid === payload.kid) as [LicensePublicKey];
    const cases = [{ ...options, now: payload.nbf, blob, product: payload.prod }];
    const end = (seconds: number): string => new Date((payload.nbf + seconds) * 1000).toISOString();
    const others: Partial<LicensePublicKey>[] = [
      ...[{ state: 'active' as const }, { state: 'retired' as const }, { state: 'compromised' as const }],
      ...[{ not_after: end(0) }, { not_after: end(1) }, { not_after: '9999-12-31T23:59:59.000Z' }],
    ];
    const lists = others.flatMap((other) => [
      [key, { ...key, ...other }],
      [{ ...key, ...other }, key],
    ]);
    const found = lists.map((trusted) => inPython(cases, trusted)[0]);
    expect(found).toEqual(lists.map((trusted) => inTypeScript(cases, trusted)[0]));
    expect(new Set(found)).toEqual(new Set(['VALID', 'KEY_RETIRED', 'KEY_COMPROMISED']));
  });

  it('LIC1 LIC2: agree on every single-bit flip of a license, and none is valid', () => {
    const { blob } = vectors.encoding[0]!;
    const flips = [...blob].flatMap((char, at) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => {
        const flipped = String.fromCharCode(char.charCodeAt(0) ^ (1 << bit));
        return { ...options, blob: blob.slice(0, at) + flipped + blob.slice(at + 1) };
      }),
    );
    const [python, typescript] = [inPython(flips), inTypeScript(flips)];
    expect(python).toHaveLength(flips.length);
    expect(python).toEqual(typescript);
    expect(python.filter((code) => code === 'VALID' || code === 'IN_GRACE')).toEqual([]);
  }, 60_000);
});
