import { KekProvider } from './kek-provider.js';

/** The key-encryption key that wraps, and those before it, which only unwrap until everything is wrapped anew. */
export class Keks {
  private readonly byId: ReadonlyMap<string, KekProvider>;

  constructor(
    readonly current: KekProvider,
    previous: readonly KekProvider[] = [],
  ) {
    this.byId = new Map([...previous, current].map((kek) => [kek.id, kek]));
  }

  /** @throws Error when no key of that id was configured */
  find(id: string): KekProvider {
    const found = this.byId.get(id);
    if (found) return found;
    throw new Error(`the stored keys were wrapped by ${id}, but the key-encryption key is ${this.current.id}`);
  }
}
