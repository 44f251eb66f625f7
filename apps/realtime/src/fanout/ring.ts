import type { Entry } from './entry.js';
import { HISTORY_MS } from './event-class.rules.js';

/** How much of a channel is kept here. */
export interface RingSize {
  frames: number;
  bytes: number;
}

/** The newest frames of a channel, so that who comes back soon need not ask the broker. */
export class Ring {
  private entries: Entry[] = [];
  private bytes = 0;
  /** All frames after this place are in the ring; unknown before the channel is open. */
  private floor = Infinity;

  constructor(private readonly size: RingSize) {}

  /** What came before `seq` is not here, if there was anything. */
  startAt(seq: number): void {
    this.floor = this.entries[0] ? Math.min(seq, this.entries[0].lastSeq) : seq;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += entry.size;
    const oldest = Date.now() - HISTORY_MS;
    let gone = 0;
    while (gone < this.entries.length && this.isTooMuch(gone, oldest)) this.bytes -= this.entries[gone++]!.size;
    if (!gone) return;
    this.floor = this.entries[gone - 1]!.seq;
    this.entries.splice(0, gone);
  }

  /**
   * Takes what was before the frames that are here, as much as there is room for.
   * @param stored what the stream has, in order, at least up to where this ring begins
   */
  addBefore(stored: readonly Entry[]): void {
    const newest = stored.at(-1);
    if (!newest || newest.seq < this.floor) return;
    const older = stored.filter((entry) => entry.seq <= this.floor);
    const oldest = Date.now() - HISTORY_MS;
    for (let entry = older.pop(); entry; entry = older.pop()) {
      const isFull = this.entries.length >= this.size.frames || this.bytes + entry.size > this.size.bytes;
      if (isFull || entry.at < oldest) return;
      this.entries.unshift(entry);
      this.bytes += entry.size;
      // What was before the oldest that the stream has may be gone.
      this.floor = older.at(-1)?.seq ?? entry.seq - 1;
    }
  }

  clear(): void {
    this.entries = [];
    this.bytes = 0;
    this.floor = Infinity;
  }

  has({ seq, id }: Entry): boolean {
    return this.entries.some((e) => e.seq === seq && e.id === id);
  }

  find(id: string): Entry | undefined {
    return this.entries.find((e) => e.id === id);
  }

  /** The frames after a place; undefined when some of them may be gone. */
  after(seq: number): Entry[] | undefined {
    return seq < this.floor ? undefined : this.entries.filter((e) => e.seq > seq);
  }

  private isTooMuch(gone: number, oldest: number): boolean {
    const { frames, bytes } = this.size;
    return this.entries.length - gone > frames || this.bytes > bytes || this.entries[gone]!.at < oldest;
  }
}
