import { fullJitter } from '../backoff.js';
import { Timers } from '../timers.js';
import { comeBack, type Ending } from './close-codes.js';

/** What a connection is made for. */
export type Purpose = 'connect' | 'hand over' | 'upgrade';

/** A connection that lasts this long was no failure. */
const STABLE_MS = 10_000;
/** How often a stream is given up for a WebSocket, if one gets through. */
const UPGRADE_MS = 5 * 60_000;

/** When the next connection is made. One is planned at a time; the one planned last counts. */
export class Comebacks {
  private readonly timers = new Timers();
  private failures = 0;
  private stopRetry?: () => void;
  private stopUpgrade?: () => void;
  private stopStable?: () => void;

  constructor(
    private readonly random: () => number,
    private readonly connect: (purpose: Purpose) => void,
  ) {}

  get isPlanned(): boolean {
    return this.stopRetry !== undefined;
  }

  /** Whether the connection before did not last. */
  get hasFailed(): boolean {
    return this.failures > 0;
  }

  /** At a random moment within that time, so that many clients do not come at once. */
  planWithin(ms: number, purpose: Purpose): void {
    this.plan(this.random() * ms, purpose);
  }

  /** After an ending, later with each in a row. @returns in how many ms */
  planAfter(ending: Ending, purpose: Purpose): number {
    const ms = fullJitter(comeBack(ending), this.failures, this.random);
    this.failures += 1;
    this.plan(ms, purpose);
    return ms;
  }

  callOff(): void {
    this.stopRetry?.();
    this.stopRetry = undefined;
  }

  opened(): void {
    this.callOff();
    this.stopStable?.();
    this.stopStable = this.timers.after(STABLE_MS, () => (this.failures = 0));
  }

  lost(): void {
    this.stopUpgrade?.();
    this.stopStable?.();
  }

  planUpgrade(act: () => void): void {
    this.stopUpgrade?.();
    this.stopUpgrade = this.timers.after(UPGRADE_MS, act);
  }

  callOffUpgrade(): void {
    this.stopUpgrade?.();
  }

  /** For good: nothing is planned any more. */
  end(): void {
    this.timers.clear();
  }

  private plan(ms: number, purpose: Purpose): void {
    this.callOff();
    this.stopRetry = this.timers.after(ms, () => this.connect(purpose));
  }
}
