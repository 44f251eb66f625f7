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

/** Writes once a turn for each client, whatever came for it in that turn. */
export class Turn {
  /** What every client's batch of this turn begins with. */
  root = new Batch();
  private waiting: Writer[] = [];

  add(writer: Writer): void {
    if (!this.waiting.length) setImmediate(() => this.end());
    this.waiting.push(writer);
  }

  private end(): void {
    const writers = this.waiting;
    this.waiting = [];
    for (const writer of writers) writer.flush();
    this.root = new Batch();
  }
}
