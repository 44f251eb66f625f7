import type { Frame } from './events.js';

/** More than the server replays to one person. */
const REMEMBERED = 4_096;

/**
 * How far the events have been heard, over all connections. While one connection takes over from another both deliver; each
 * is complete from its start on and in the same order, so whatever is new comes in order from whichever is ahead.
 */
export class Position {
  private readonly seen = new Set<string>();
  private place?: string;

  /** Where a new connection goes on. */
  get cursor(): string | undefined {
    return this.place;
  }

  /** Goes to a place that the server named. */
  moveTo(cursor: string): void {
    this.place = cursor;
  }

  /** @returns whether the event is new */
  take({ id }: Frame): boolean {
    if (this.seen.has(id)) return false;
    this.seen.add(id);
    this.place = id;
    if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.values().next().value!);
    return true;
  }
}
