/**
 * What a client gets in one write. Clients that get the same frames in the same turn share one batch, so that its bytes
 * are put together once: a batch remembers the one that follows when a certain frame is added.
 */
export class Batch {
  private next?: Batch;
  private joined?: Buffer;

  constructor(
    private readonly before?: Batch,
    private readonly part?: Buffer,
    readonly count = 0,
  ) {}

  with(part: Buffer): Batch {
    if (this.next?.part !== part) this.next = new Batch(this, part, this.count + 1);
    return this.next;
  }

  bytes(): Buffer {
    if (this.count === 1) return this.part!;
    return (this.joined ??= this.join());
  }

  private join(): Buffer {
    const parts: Buffer[] = [this.part!];
    for (let { before } = this; before?.part; before = before.before) parts.push(before.part);
    return Buffer.concat(parts.reverse());
  }
}

/** Whatever has bytes to write at the end of a turn. */
export interface Writer {
  flush(): void;
}

/** For how long writes may hold up everything else (RT14). */
const SLICE_MS = 10;
/** Writes between two looks at the clock. */
const A_FEW = 32;

/** Writes once a turn for each client, whatever came for it in that turn. */
export class Turn {
  /** What every client's batch of this turn begins with. */
  root = new Batch();
  private waiting: Writer[] = [];

  /** @param now a clock, in ms */
  constructor(private readonly now = () => performance.now()) {}

  add(writer: Writer): void {
    if (!this.waiting.length) setImmediate(() => this.end());
    this.waiting.push(writer);
  }

  private end(): void {
    const writers = this.waiting;
    this.waiting = [];
    this.root = new Batch();
    this.flush(writers, 0);
  }

  /** In slices, so that an event for thousands lets others have their turn. What comes meanwhile joins what waits. */
  private flush(writers: Writer[], from: number): void {
    const until = this.now() + SLICE_MS;
    let next = from;
    do {
      for (const end = Math.min(next + A_FEW, writers.length); next < end; next += 1) writers[next]!.flush();
    } while (next < writers.length && this.now() < until);
    if (next < writers.length) setImmediate(() => this.flush(writers, next));
  }
}
