import type { Entry } from './entry.js';

/** Chat messages that wait for one client; older ones are dropped for newer ones. */
const CHATS = 200;

/** Frames that wait for a client that reads slowly. What may go, goes; the rest is kept up to a limit (RT24). */
export class Backlog {
  private entries: Entry[] = [];
  bytes = 0;
  private chats = 0;
  /** Chat messages that were dropped and not yet told of. */
  dropped = 0;

  constructor(private readonly limit: number) {}

  get empty(): boolean {
    return !this.entries.length;
  }

  get oldest(): Entry | undefined {
    return this.entries[0];
  }

  /**
   * @returns what happened: `kept`; `conflated` when it took the place of an older one; `dropped` when an older chat
   *   message went for it; `full` when there is more waiting than a client may have
   */
  add(entry: Entry): 'kept' | 'conflated' | 'dropped' | 'full' {
    const made = this.makeRoom(entry);
    this.entries.push(entry);
    this.bytes += entry.size;
    return this.bytes > this.limit ? 'full' : made;
  }

  /** Takes the oldest frames, `bytes` of them or a little more. */
  take(bytes: number): Entry[] {
    let size = 0;
    let count = 0;
    while (count < this.entries.length && size < bytes) size += this.entries[count++]!.size;
    const taken = this.entries.splice(0, count);
    this.bytes -= size;
    for (const { eventClass } of taken) if (eventClass === 'chat') this.chats -= 1;
    return taken;
  }

  private makeRoom(entry: Entry): 'kept' | 'conflated' | 'dropped' {
    const { eventClass, key } = entry;
    if (eventClass === 'presence' || eventClass === 'chat_feed') {
      return this.remove((e) => e.eventClass === eventClass && e.key === key) ? 'conflated' : 'kept';
    }
    if (eventClass !== 'chat' || ++this.chats <= CHATS) return 'kept';
    this.remove((e) => e.eventClass === 'chat');
    this.chats -= 1;
    this.dropped += 1;
    return 'dropped';
  }

  private remove(which: (entry: Entry) => boolean): boolean {
    const index = this.entries.findIndex(which);
    if (index < 0) return false;
    this.bytes -= this.entries.splice(index, 1)[0]!.size;
    return true;
  }
}
