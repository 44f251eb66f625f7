import type { KeyPurpose } from '#contracts';
import type { KeyProvider } from '../kek/key-provider.js';

/** What the keys of this process' own making are noted under. */
export const LOCAL = 'local';

/** Which provider the keys of a purpose live in. */
export class SigningProviders {
  private readonly byName: ReadonlyMap<string, KeyProvider>;

  /**
   * @param local makes the keys of all other purposes
   * @param elsewhere the provider for keys that are not to be in this process, and the purposes of those
   * @param others further ones that may still hold a key that signs
   */
  constructor(
    local: KeyProvider,
    private readonly elsewhere?: { provider: KeyProvider; purposes: readonly KeyPurpose[] },
    others: readonly KeyProvider[] = [],
  ) {
    const all = elsewhere ? [...others, elsewhere.provider] : others;
    this.byName = new Map([...all.map((p) => [p.id, p] as const), [LOCAL, local]]);
  }

  /** Where a new key of the purpose is made. */
  nameFor(purpose: KeyPurpose): string {
    return this.elsewhere?.purposes.includes(purpose) ? this.elsewhere.provider.id : LOCAL;
  }

  /** @throws Error when it was not configured */
  find(name: string): KeyProvider {
    const found = this.byName.get(name);
    if (!found) throw new Error(`a signing key is held by ${name}, which is not configured`);
    return found;
  }
}
