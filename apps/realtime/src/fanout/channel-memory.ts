import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from './entry.js';
import { CHANNEL_DEPTH, type FrameHistory } from './frame-history.service.js';
import { Ring, type RingSize } from './ring.js';

const TRIES = 3;
/** A broker that just has no leader for the stream refuses at once, and has one soon: longer with each try. */
const PAUSE_MS = 250;

/** What has been in a channel: the newest frames in memory, and behind them what the stream keeps. */
export class ChannelMemory {
  private readonly ring: Ring;
  private reading?: Promise<Entry[]>;

  constructor(
    private readonly name: string,
    private readonly history: FrameHistory,
    size: RingSize,
  ) {
    this.ring = new Ring(size);
  }

  /** Everything after this place is going to be added. */
  startAt(seq: number): void {
    this.ring.startAt(seq);
  }

  add(entry: Entry): void {
    this.ring.add(entry);
  }

  has(entry: Entry): boolean {
    return this.ring.has(entry);
  }

  clear(): void {
    this.ring.clear();
  }

  /** The frame of an id in what this replica has in memory. */
  findHere(id: string): Entry | undefined {
    return this.ring.find(id);
  }

  /** The frame of an id in what the stream has. @throws when the broker does not answer */
  async find(id: string): Promise<Entry | undefined> {
    return (await this.stored()).find((e) => e.id === id);
  }

  /**
   * Frames after a place; undefined when some may be gone.
   * @param kept whether the stream still keeps everything since then
   * @throws when the broker does not answer
   */
  async after(seq: number, kept: boolean): Promise<Entry[] | undefined> {
    const here = this.ring.after(seq);
    if (here || !kept) return here;
    const stored = await this.stored();
    if (stored.length >= CHANNEL_DEPTH && stored[0]!.seq > seq) return undefined;
    // The reading may have begun for somebody else, before what is in memory by now.
    const since = this.ring.after(stored.at(-1)?.seq ?? 0);
    if (!since) return this.readAfter(seq);
    return [...stored.filter((e) => e.seq > seq), ...since];
  }

  /** What the stream has after a place. @throws when the broker does not answer, however often it is asked */
  async missedSince(seq: number): Promise<Entry[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.history.after(this.name, seq);
      } catch (error) {
        if (attempt >= TRIES) throw error;
        await sleep(attempt * PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  /** Read once for all who ask meanwhile, and kept: after a restart all of a person's clients come back at once. */
  private stored(): Promise<Entry[]> {
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<Entry[]> {
    const stored = await this.missedSince(0);
    this.ring.addBefore(stored);
    return stored;
  }

  private async readAfter(seq: number): Promise<Entry[] | undefined> {
    const found = await this.missedSince(seq);
    return found.length >= CHANNEL_DEPTH ? undefined : found;
  }
}
