import type { JsonWebKey } from 'node:crypto';
import type { SigningAlg } from '#contracts';

/** What a signing key is to be. */
export interface SigningKeySpec {
  alg: SigningAlg;
  /** Modulus, of RSA keys. */
  bits: number;
}

/** A key pair that a provider has just made. */
export interface GeneratedKey {
  publicJwk: JsonWebKey;
  /** What the provider finds it by again; of the local one the private key itself. It is kept sealed. */
  handle: Buffer;
}

/** Signs bytes with one key. ES256 gives `r ‖ s`, as JWS wants it. */
export type Signer = (data: Uint8Array) => Promise<Buffer>;

/**
 * Holds keys and works with them: a file's key in this process, an HSM, a key service. The key-encryption key never
 * leaves it, nor does a signing key leave any but the local one. All providers pass the same conformance tests.
 */
export abstract class KeyProvider {
  /** Names this very key-encryption key, so that a data key wrapped by another one is noticed before it is tried. */
  abstract readonly id: string;

  /**
   * Encrypts a data key.
   * @param context what the data key is for; unwrapping needs the same
   * @throws Refusal `unavailable` when the provider cannot be asked
   */
  abstract wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer>;

  /** @throws IntegrityError for another key, another context or changed bytes; Refusal `unavailable` */
  abstract unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer>;

  /** Makes a key pair. @throws Refusal `unavailable` */
  abstract generate(spec: SigningKeySpec): Promise<GeneratedKey>;

  /** A key pair of its own, ready to sign. The handle may be wiped afterwards. */
  abstract open(spec: SigningKeySpec, handle: Buffer): Promise<Signer>;

  /**
   * Whether it can be worked with now; there where a connection is kept that can be lost. Mends what can be mended.
   * @throws Refusal `unavailable`
   */
  check?(): Promise<void>;

  /** Lets a signing key be gone for good; also one that is so already. @throws Refusal `unavailable` */
  abstract destroy(handle: Buffer): Promise<void>;
}
