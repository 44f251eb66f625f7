import * as crypto from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { assembleBlob, MAX_BLOB_LENGTH, parseBlob, signingInput } from './blob.js';
import { nodePoolVerifier, nodeVerifier } from './ed25519.js';
import { newLicenseKey } from './license-key.js';
import type { LicensePublicKey } from './license-public-key.js';
import { encodePayload, type LicensePayload } from './payload.js';
import { verifyBlob, verifyBlobSync, type VerifyOptions } from './verify-blob.js';

interface Vectors {
  keys: (LicensePublicKey & { seed_hex: string })[];
  encoding: { name: string; payload: LicensePayload; blob: string }[];
  verdicts: ({ name: string; blob: unknown; code: string } & VerifyOptions)[];
}
const vectors = JSON.parse(readFileSync(join(__dirname, '../vectors/blobs.json'), 'utf8')) as Vectors;
const { keys } = vectors;
const verifier = nodeVerifier(crypto);
const onPool = nodePoolVerifier(crypto);
const NOW = 1_780_000_000;
const judge = (blob: unknown, over: Partial<VerifyOptions> = {}, trusted: LicensePublicKey[] = keys) =>
  verifyBlobSync(blob, trusted, { now: NOW, product: 'branchpy', verifier, ...over });

function privateKey(kid: string): crypto.KeyObject {
  const seed = Buffer.from(keys.find((k) => k.kid === kid)!.seed_hex, 'hex');
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
function signed(payload: LicensePayload): string {
  const input = signingInput(payload);
  return assembleBlob(input, new Uint8Array(crypto.sign(null, input, privateKey('k1'))));
}

const genuine = vectors.encoding[0]!;
const text = (max: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: max })
    .filter((s) => s.length <= max && !/\p{Surrogate}/u.test(s));
const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
const anyPayload: fc.Arbitrary<LicensePayload> = fc.record(
  {
    v: fc.constant(2 as const),
    kid: fc.constant('k1'),
    iss: text(60),
    prod: text(40),
    key: fc.uint8Array({ minLength: 5, maxLength: 5 }).map((b) => newLicenseKey('pro', b)),
    tier: text(20),
    name: text(60),
    email: text(60),
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    feat: fc.array(text(20), { maxLength: 8 }),
    jti: text(40),
  },
  { requiredKeys: ['v', 'kid', 'iss', 'prod', 'key', 'tier', 'name', 'iat', 'nbf', 'exp', 'feat', 'jti'] },
);

describe('DTLIC2 blobs', () => {
  it.each(vectors.encoding)('LIC1: the golden blob with $name is made byte for byte', ({ payload, blob }) => {
    expect(signed(payload)).toBe(blob);
    expect(parseBlob(blob)).toMatchObject({ payload });
  });

  it.each(vectors.verdicts)('LIC1 LIC3 LIC4 LIC5 LIC6 LIC10: $name is $code', async ({ blob, code, ...options }) => {
    const verdict = judge(blob, options);
    expect(verdict.code).toBe(code);
    expect(verdict.valid).toBe(code === 'VALID' || code === 'IN_GRACE');
    expect(verdict.detail).toMatch(/^[A-Z].*\.$/);
    expect(await verifyBlob(blob, keys, options)).toEqual(verdict);
    expect(await verifyBlob(blob, keys, { ...options, verifier: onPool })).toEqual(verdict);
  });

  it('come back as they went in, for every payload', () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const blob = signed(payload);
        expect(blob.length).toBeLessThanOrEqual(MAX_BLOB_LENGTH);
        expect(parseBlob(blob)).toMatchObject({ payload });
        expect(Buffer.from(encodePayload(payload)).toString()).toBe(JSON.stringify(payload));
      }),
    );
  });

  it('LIC2: no single flipped bit leaves a blob valid', () => {
    const bytes = Buffer.from(genuine.blob, 'latin1');
    const passed: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (judge(flipped.toString('latin1')).valid) passed.push(bit);
    }
    expect(judge(genuine.blob).valid).toBe(true);
    expect(passed).toEqual([]);
  });

  it('LIC2: no cut, doubled or swapped piece leaves a blob valid', () => {
    const place = fc.nat(genuine.blob.length);
    fc.assert(
      fc.property(place, place, fc.string({ maxLength: 5 }), (a, b, put) => {
        const changed = genuine.blob.slice(0, a) + put + genuine.blob.slice(b);
        fc.pre(changed !== genuine.blob);
        expect(judge(changed).valid).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('LIC5: whatever is given, the verdict is a refusal and nothing is thrown', () => {
    const body = fc
      .oneof(fc.json(), fc.string(), fc.string({ unit: 'binary' }))
      .map((s) => Buffer.from(s).toString('base64url'));
    const shaped = fc
      .tuple(body, fc.uint8Array({ maxLength: 70 }))
      .map(([b, s]) => `DTLIC2:${b}.${Buffer.from(s).toString('base64url')}`);
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), shaped), (blob) => {
        expect(judge(blob)).toMatchObject({ valid: false, code: 'MALFORMED' });
      }),
      { numRuns: 3000 },
    );
  });

  it('LIC5: a huge text is refused by its length alone', () => {
    for (const filler of ['A', '[', '{"v":2,', '.']) {
      const verdict = judge(`DTLIC2:${filler.repeat(10_000_000 / filler.length)}`);
      expect(verdict).toMatchObject({ code: 'MALFORMED', detail: expect.stringContaining('longer than') });
    }
  });

  it('LIC4: a key’s end is its last moment, and an end that cannot be read is past', () => {
    const ending = (not_after: string): LicensePublicKey[] => [{ ...keys[0]!, state: 'retiring', not_after }];
    const at = new Date(NOW * 1000).toISOString();
    expect(judge(genuine.blob, { now: NOW - 1 }, ending(at)).code).toBe('VALID');
    expect(judge(genuine.blob, { now: NOW }, ending(at)).code).toBe('KEY_RETIRED');
    expect(judge(genuine.blob, {}, ending('soon')).code).toBe('KEY_RETIRED');
  });

  it('tell nothing of a payload whose signature does not fit', () => {
    const forged = vectors.verdicts.find((v) => v.code === 'BAD_SIGNATURE')!;
    expect(judge(forged.blob)).not.toHaveProperty('payload');
    expect(judge(genuine.blob, { product: 'tachigo' })).toHaveProperty('payload.prod', 'branchpy');
  });

  it('are refused to an issuer whose payload is not valid', () => {
    const { payload } = genuine;
    for (const wrong of [
      { exp: 1.5 },
      { key: 'DT1-core-0000-0000' },
      { name: '' },
      { more: 1 },
      { feat: 'all' },
      { jti: undefined },
    ]) {
      expect(() => encodePayload({ ...payload, ...wrong } as LicensePayload)).toThrow(RangeError);
    }
    const feat = Array.from({ length: 64 }, () => '\u0001'.repeat(64));
    expect(() => encodePayload({ ...payload, feat })).toThrow(/longer than/);
    expect(() => assembleBlob(signingInput(payload), new Uint8Array(63))).toThrow(RangeError);
  });

  it('verify with OpenSSL alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'license-'));
    try {
      const [body, signature] = genuine.blob.split('.') as [string, string];
      const pem = crypto.createPublicKey(privateKey('k1')).export({ format: 'pem', type: 'spki' });
      writeFileSync(join(folder, 'key.pem'), pem);
      writeFileSync(join(folder, 'signature'), Buffer.from(signature, 'base64url'));
      expect(openssl(folder, body)).toEqual({ status: 0, stdout: expect.stringContaining('Verified Successfully') });
      expect(openssl(folder, `${body.slice(0, -1)}A`).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function openssl(cwd: string, message: string): { status: number | null; stdout: string } {
  writeFileSync(join(cwd, 'message'), message);
  const args = 'pkeyutl -verify -rawin -pubin -inkey key.pem -in message -sigfile signature'.split(' ');
  const { error, status, stdout } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  if (error)
    throw new Error(`This test needs the openssl program, 3.0 or later (apt-get install openssl): ${error.message}`);
  return { status, stdout };
}
