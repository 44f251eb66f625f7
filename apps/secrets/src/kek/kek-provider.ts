/**
 * Holds the key-encryption key and works with it; the key itself never leaves. Every provider (file, HSM, cloud)
 * passes the same conformance tests.
 */
export abstract class KekProvider {
  /** Names this very key, so that a data key wrapped by another one is noticed before it is tried. */
  abstract readonly id: string;

  /**
   * Encrypts a data key.
   * @param context what the data key is for; unwrapping needs the same
   */
  abstract wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer>;

  /** @throws IntegrityError for another key, another context or changed bytes */
  abstract unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer>;

  /** @throws Error when the provider cannot be used now */
  abstract check(): Promise<void>;
}
