import type { Entry } from './entry.js';

/** Gathers what comes for a client while it must wait. Several may make it wait; it goes on with the last of them. */
export class Held {
  private entries?: Entry[];
  private holds = 0;

  /** Whether somebody makes it wait. */
  get on(): boolean {
    return this.entries !== undefined;
  }

  get oldest(): Entry | undefined {
    return this.entries?.length ? this.entries.reduce((a, b) => (a.seq < b.seq ? a : b)) : undefined;
  }

  hold(): void {
    this.holds += 1;
    this.entries ??= [];
  }

  /** @returns what was gathered, once nobody makes it wait any more */
  release(): Entry[] | undefined {
    this.holds -= 1;
    if (this.holds > 0 || !this.entries) return undefined;
    // Of several channels the frames go out in the order in which they were accepted.
    const entries = this.entries.sort((a, b) => a.seq - b.seq);
    this.entries = undefined;
    return entries;
  }

  /** @returns whether it was gathered, and is not to go out yet */
  add(entry: Entry): boolean {
    this.entries?.push(entry);
    return this.on;
  }

  /** What was gathered until now, which is not to go out by itself any more. */
  take(): Entry[] {
    return this.entries?.splice(0) ?? [];
  }
}
