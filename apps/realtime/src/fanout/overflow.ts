import type { Writable } from 'node:stream';
import type { Backlog } from './backlog.js';
import type { Entry } from './entry.js';

/** Bytes that wait in a socket before frames wait in the backlog instead, where some may go. */
export const HIGH_WATER = 65_536;

/** What takes frames again when the socket is empty. */
interface Outlet {
  write(entry: Entry): void;
  gap(reason: string, dropped: number): void;
  flush(): void;
}

/** What came for a client that reads slowly: it waits until the socket is empty, and goes out in portions. */
export class Overflow {
  /** Since when nothing went out though something waits, by a clock that nobody sets. */
  private stalledSince?: number;

  constructor(
    private readonly socket: Writable,
    private readonly outlet: Outlet,
    private readonly backlog: Backlog,
  ) {}

  get empty(): boolean {
    return this.backlog.empty;
  }

  get stalledMs(): number {
    return this.stalledSince === undefined ? 0 : performance.now() - this.stalledSince;
  }

  get oldest(): Entry | undefined {
    return this.backlog.oldest;
  }

  get bytes(): number {
    return this.backlog.bytes;
  }

  /** @returns what became of it, as `Backlog.add` tells */
  add(entry: Entry): ReturnType<Backlog['add']> {
    if (this.stalledSince === undefined) {
      this.stalledSince = performance.now();
      this.awaitDrain();
    }
    return this.backlog.add(entry);
  }

  /** A socket that took everything at once has no drain to tell of. */
  private awaitDrain(): void {
    if (this.socket.writableNeedDrain) this.socket.once('drain', () => this.drain());
    else setImmediate(() => this.drain());
  }

  /** The socket is empty: it gets the next frames, and the client hears what was dropped before them. */
  private drain(): void {
    const { backlog, outlet } = this;
    if (this.socket.destroyed) return;
    if (this.socket.writableNeedDrain) return this.awaitDrain();
    this.stalledSince = undefined;
    if (backlog.dropped) outlet.gap('too_slow', backlog.dropped);
    backlog.dropped = 0;
    for (const entry of backlog.take(HIGH_WATER)) outlet.write(entry);
    if (backlog.empty) return;
    this.stalledSince = performance.now();
    outlet.flush();
    this.awaitDrain();
  }
}
