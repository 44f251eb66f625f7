import { KeyProvider } from './key-provider.js';

/** The key-encryption key that wraps, and those before it, which only unwrap until everything is wrapped anew. */
export class Keks {
  private readonly byId: ReadonlyMap<string, KeyProvider>;

  constructor(
    readonly current: KeyProvider,
    previous: readonly KeyProvider[] = [],
  ) {
    this.byId = new Map([...previous, current].map((kek) => [kek.id, kek]));
  }

  /** @throws Error when no key of that id was configured */
  find(id: string): KeyProvider {
    const found = this.byId.get(id);
    if (found) return found;
    throw new Error(`the stored keys were wrapped by ${id}, but the key-encryption key is ${this.current.id}`);
  }
}
