/** How much is kept, and how long. */
export interface KeyCacheLimits {
  ttlMs: number;
  entries: number;
}

/** A key as it was unwrapped. */
export interface OpenedKey {
  key: Buffer;
  /** Another key seals in its place. */
  retired: boolean;
}

/** A key in memory, with whose it is. */
interface CachedKey extends OpenedKey {
  owner: string;
  until: number;
  wiped: boolean;
}

/**
 * Open data keys by id: few, not for long, wiped when they leave, and each opened once however many ask for it at
 * once. A key is lent, not given: it may be wiped as soon as the borrower has returned.
 */
export class KeyCache {
  private readonly kept = new Map<string, CachedKey>();
  private readonly opening = new Map<string, Promise<CachedKey>>();
  /** Counts what was dropped: a key that was being opened meanwhile is not kept. */
  private drops = 0;
  private sweeping?: NodeJS.Timeout;

  constructor(private readonly limits: KeyCacheLimits) {}

  get size(): number {
    return this.kept.size;
  }

  /**
   * Uses the key of that id, at once and synchronously.
   * @param unwrap opens it when it is not kept
   */
  async use<T>(id: string, owner: string, unwrap: () => Promise<OpenedKey>, work: (key: OpenedKey) => T): Promise<T> {
    for (;;) {
      const entry = this.find(id) ?? (await this.open(id, owner, unwrap));
      // Between its opening and this turn it may have been dropped, and what is left of it are zeros.
      if (!entry.wiped) return work(entry);
    }
  }

  /** Forgets and wipes every key of an owner. */
  dropOwner(owner: string): void {
    this.drops++;
    for (const [id, entry] of this.kept) if (entry.owner === owner) this.drop(id, entry);
  }

  clear(): void {
    this.drops++;
    for (const [id, entry] of this.kept) this.drop(id, entry);
  }

  private find(id: string): CachedKey | undefined {
    const entry = this.kept.get(id);
    if (!entry) return undefined;
    if (entry.until <= Date.now()) return void this.drop(id, entry);
    // The most recently used ones stand last.
    this.kept.delete(id);
    this.kept.set(id, entry);
    return entry;
  }

  private open(id: string, owner: string, unwrap: () => Promise<OpenedKey>): Promise<CachedKey> {
    const running = this.opening.get(id);
    if (running) return running;
    const opened = this.unwrapped(id, owner, unwrap).finally(() => this.opening.delete(id));
    this.opening.set(id, opened);
    return opened;
  }

  private async unwrapped(id: string, owner: string, unwrap: () => Promise<OpenedKey>): Promise<CachedKey> {
    const drops = this.drops;
    const until = Date.now() + this.limits.ttlMs;
    const entry = { ...(await unwrap()), owner, until, wiped: false };
    if (drops === this.drops) this.keep(id, entry);
    // Whoever waits for it uses it before the event loop turns.
    else setImmediate(() => this.wipe(entry));
    return entry;
  }

  private keep(id: string, entry: CachedKey): void {
    this.kept.set(id, entry);
    this.sweeping ??= this.sweepAfter(this.limits.ttlMs);
    for (const [oldest, least] of this.kept) {
      if (this.kept.size <= this.limits.entries) return;
      this.drop(oldest, least);
    }
  }

  /** Wipes what is over, also when nobody asks for it any more. */
  private sweep(): void {
    const now = Date.now();
    for (const [id, entry] of this.kept) if (entry.until <= now) this.drop(id, entry);
    const next = Math.min(...[...this.kept.values()].map(({ until }) => until));
    this.sweeping = this.kept.size ? this.sweepAfter(next - now) : undefined;
  }

  private sweepAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.sweep(), ms).unref();
  }

  private drop(id: string, entry: CachedKey): void {
    this.kept.delete(id);
    this.wipe(entry);
  }

  private wipe(entry: CachedKey): void {
    entry.wiped = true;
    entry.key.fill(0);
  }
}
