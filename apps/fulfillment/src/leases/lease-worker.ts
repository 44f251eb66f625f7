import { requestContext, type Log } from '#boot';
import { newId } from '#persistence';

/** Longest sleep: what another replica left behind is found after that. */
const LONGEST_SLEEP_MS = 15_000;
/** Pause after the database could not be asked. */
const PAUSE_MS = 1_000;
/** Pause while no more may be worked on, until it is looked whether that has changed. */
const HELD_MS = 25;

/** Where leased work comes from and how it is done. */
export interface LeasedWork<T> {
  name: string;
  /** How much one replica works on at once, which may change. */
  concurrency: number | (() => number);
  /** Leases at most `limit` pieces of due work that nobody holds. */
  claim(limit: number): Promise<T[]>;
  /** Does one piece; says for itself what comes of it. What it throws is logged, and the lease runs out. */
  work(piece: T): Promise<void>;
  /** Milliseconds until something is due or a lease runs out; null: nothing is waiting. */
  dueInMs(): Promise<number | null>;
}

/**
 * Takes leased work as soon as it is there. The database is the queue: whoever dies while working holds a lease that
 * runs out, and the next worker finishes the piece.
 */
export class LeaseWorker<T> {
  private readonly inFlight = new Set<Promise<void>>();
  private loop?: Promise<void>;
  private stopped = false;
  private woken = false;
  private rouse: () => void = () => undefined;

  constructor(
    private readonly source: LeasedWork<T>,
    private readonly log: Log,
  ) {}

  start(): void {
    // Whoever starts or wakes it must not lend it a request's deadline or transaction.
    this.loop ??= requestContext.exit(() => this.run());
  }

  /** Looks for work now. Cheap; may be called from anywhere. */
  wake(): void {
    this.woken = true;
    this.rouse();
  }

  /** Takes nothing new and waits for what is in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.rouse();
    await this.loop;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      const sleep = await this.round().catch((error: unknown) => {
        this.log.warn(`${this.source.name}: the database cannot be asked for work`, { error });
        return PAUSE_MS;
      });
      if (!this.woken && !this.stopped && sleep > 0) await this.sleep(sleep);
    }
  }

  /** Takes what fits and returns how long there is nothing to do. */
  private async round(): Promise<number> {
    const { concurrency } = this.source;
    const changes = typeof concurrency === 'function';
    const free = (changes ? concurrency() : concurrency) - this.inFlight.size;
    // Whatever is in flight wakes it when it ends; nobody does when more of it may be.
    const full = changes ? HELD_MS : LONGEST_SLEEP_MS;
    if (free <= 0) return full;
    const pieces = await this.source.claim(free);
    for (const piece of pieces) this.begin(piece);
    if (pieces.length === free) return full;
    const due = await this.source.dueInMs();
    return due === null ? LONGEST_SLEEP_MS : Math.min(Math.max(due, 10), LONGEST_SLEEP_MS);
  }

  private begin(piece: T): void {
    const done = requestContext
      .run({ requestId: newId() }, () => this.source.work(piece))
      .catch((error: unknown) => this.log.error(`${this.source.name}: a piece of work was left`, { error }))
      .finally(() => {
        this.inFlight.delete(done);
        this.wake();
      });
    this.inFlight.add(done);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
