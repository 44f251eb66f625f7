import { createPublicKey, randomBytes, verify, type JsonWebKey } from 'node:crypto';
import { Unavailable, type SigningAlg } from '#contracts';
import { readConfig } from '#boot';
import { IntegrityError } from '../../src/kek/envelope.js';
import type { KeyProvider, SigningKeySpec } from '../../src/kek/key-provider.js';
import { openProviders } from '../../src/providers/open-provider.js';
import { SecretsConfig } from '../../src/secrets.config.js';

/** A provider and what stands behind it, while its tests run. */
export interface Subject {
  /** The environment that leads to its key. */
  env: NodeJS.ProcessEnv;
  /** The environment that leads to another key at the same place. */
  other: NodeJS.ProcessEnv;
  /** Whether a key that was destroyed there signs no more; a local key’s only copy is the caller’s. */
  destroys: boolean;
  /** Switches the key off where it is held. */
  disable?(): void;
  /** Lets the provider take requests and answer none. */
  stall?(): void;
  end(): Promise<void>;
}

const BASE = {
  GATEHOUSE_PROFILE: 'production',
  NATS_URL: 'nats://127.0.0.1:1',
  NATS_SEED_FILE: __filename,
  INTERNAL_PORT: '0',
  DATABASE_URL: 'postgres://127.0.0.1:1/secrets',
  LICENSE_ISSUER: 'https://id.example',
  LICENSE_PRODUCT: 'branchpy',
  PUBLIC_URL: 'https://id.example',
  KEY_PROVIDER_TIMEOUT_MS: '10000',
};
const CONTEXT = ['data-key', '019b0000-0000-7000-8000-000000000001', 'user', '42', 'streams'];
const SPECS: SigningKeySpec[] = [
  { alg: 'EdDSA', bits: 2048 },
  { alg: 'ES256', bits: 2048 },
  { alg: 'RS256', bits: 2048 },
];

/** The provider that an environment leads to, opened as at the service's start. */
export async function providerOf(env: NodeJS.ProcessEnv): Promise<KeyProvider> {
  return (await openProviders(readConfig(SecretsConfig, { ...BASE, ...env }))).keks.current;
}

/** What every provider has to do; whatever is behind it. */
export function conforms(name: string, start: () => Promise<Subject>): void {
  describe(`SEC17 D-kms: the provider ${name}`, () => {
    let subject: Subject;
    let provider: KeyProvider;
    let replica: KeyProvider;
    let other: KeyProvider;
    beforeAll(async () => {
      subject = await start();
      provider = await providerOf(subject.env);
      replica = await providerOf(subject.env);
      other = await providerOf(subject.other);
    }, 180_000);
    afterAll(() => subject?.end());

    it('unwraps in every replica what was wrapped, and never wraps alike twice', async () => {
      const key = randomBytes(32);
      const [wrapped, again] = [await provider.wrap(key, CONTEXT), await provider.wrap(key, CONTEXT)];
      expect(await replica.unwrap(wrapped, CONTEXT)).toEqual(key);
      expect(again).not.toEqual(wrapped);
      expect(wrapped.includes(key)).toBe(false);
    });

    it('has one id for one key and another for each other', () => {
      expect(replica.id).toBe(provider.id);
      expect(other.id).not.toBe(provider.id);
    });

    it('refuses another key and another context', async () => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT);
      await expect(other.unwrap(wrapped, CONTEXT)).rejects.toThrow(IntegrityError);
      for (const context of [
        [...CONTEXT.slice(0, 4), 'mfa'],
        [CONTEXT.slice(0, 2).join(''), ...CONTEXT.slice(2)],
        [],
      ]) {
        await expect(provider.unwrap(wrapped, context)).rejects.toThrow(IntegrityError);
      }
    });

    it('refuses what was changed or cut', async () => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT);
      for (const at of [wrapped.length - 1, wrapped.length - 20, wrapped.length - 40]) {
        const changed = Buffer.from(wrapped);
        changed[at]! ^= 1;
        await expect(provider.unwrap(changed, CONTEXT)).rejects.toThrow(IntegrityError);
        await expect(provider.unwrap(wrapped.subarray(0, at), CONTEXT)).rejects.toThrow(IntegrityError);
      }
    });

    it('works on many keys at once', async () => {
      const keys = Array.from({ length: 40 }, () => randomBytes(32));
      const wrapped = await Promise.all(keys.map((key) => provider.wrap(key, CONTEXT)));
      expect(await Promise.all(wrapped.map((each) => provider.unwrap(each, CONTEXT)))).toEqual(keys);
    });

    it.each(SPECS)(
      'makes a key for $alg and signs with it, in every replica',
      async (spec) => {
        const { publicJwk, handle } = await provider.generate(spec);
        expect(publicJwk).not.toHaveProperty('d');
        const signers = [await provider.open(spec, handle), await replica.open(spec, handle)];
        const messages = [Buffer.alloc(0), Buffer.from('e30.e30'), randomBytes(4_000)];
        for (const message of messages) {
          for (const sign of signers) expect(isSigned(spec.alg, message, publicJwk, await sign(message))).toBe(true);
        }
        const many = await Promise.all(Array.from({ length: 20 }, (_, n) => signers[0]!(Buffer.from(`${n}`))));
        expect(many.every((signature, n) => isSigned(spec.alg, Buffer.from(`${n}`), publicJwk, signature))).toBe(true);
      },
      60_000,
    );

    it('lets a key be gone for good', async () => {
      if (!subject.destroys) return;
      const { handle } = await provider.generate(SPECS[0]!);
      const sign = await provider.open(SPECS[0]!, handle);
      await provider.destroy(handle);
      // Whoever was ended before it was noted asks again.
      await replica.destroy(handle);
      await expect(sign(Buffer.from('x'))).rejects.toMatchObject({ code: Unavailable.code });
    });

    it('SEC7: tells a key that is switched off, and a provider that is silent, from a wrong ciphertext', async () => {
      const wrapped = await provider.wrap(randomBytes(32), CONTEXT);
      const hasty = await providerOf({ ...subject.env, KEY_PROVIDER_TIMEOUT_MS: '400' });
      for (const trouble of [subject.disable, subject.stall]) {
        if (!trouble) continue;
        trouble.call(subject);
        await expect(hasty.unwrap(wrapped, CONTEXT)).rejects.toMatchObject({ code: Unavailable.code });
      }
    });
  });
}

/** Whether it is the signature of that message, in the form of JWS. */
function isSigned(alg: SigningAlg, message: Buffer, jwk: JsonWebKey, signature: Buffer): boolean {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  if (alg === 'EdDSA') return verify(null, message, key, signature);
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
