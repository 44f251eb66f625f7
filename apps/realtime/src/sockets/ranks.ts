import { randomBytes } from 'node:crypto';

/**
 * Makes ranks: strings of which the later one is the greater. Those of one maker rise strictly, also within a millisecond
 * and when the clock is set back; those of several makers are as far apart as their clocks, and never the same.
 */
export class Ranks {
  private readonly maker = randomBytes(6).toString('hex');
  private last = 0;

  /** @param now ms since 1970 */
  constructor(private readonly now: () => number = Date.now) {}

  next(): string {
    this.last = Math.max(this.now(), this.last + 1);
    return this.last.toString(36).padStart(9, '0') + this.maker;
  }
}
