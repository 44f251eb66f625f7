import { Overloaded, type Refusal } from '#contracts';

interface Waiter {
  deadline: number;
  go: () => void;
  refuse: (refusal: Refusal) => void;
}

/** How often those who wait are looked through for a deadline that nears. */
const SWEEP_MS = 50;
/** A refusal is sent this long before the deadline, so that it is still heard. */
const MARGIN_MS = 30;
/** Weight of the newest in the running mean of how long the work takes. */
const NEWEST = 0.1;

/** A bound on how much of one kind of work runs at once, with a queue that refuses what cannot be done in time. */
export class Slots {
  private busy = 0;
  private meanMs = 0;
  private readonly queue: Waiter[] = [];
  private sweep?: NodeJS.Timeout;

  /**
   * @param width how much runs at once
   * @param room how much may wait
   */
  constructor(
    private readonly width: number,
    private readonly room = Math.max(256, width * 8),
  ) {}

  get running(): number {
    return this.busy;
  }

  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Does `work` when there is a slot.
   * @param deadline Unix milliseconds
   * @throws Refusal `overloaded` when the queue is full or the turn would come too late
   */
  async run<T>(deadline: number, work: () => Promise<T>): Promise<T> {
    if (this.busy < this.width) this.busy++;
    else await this.turn(deadline);
    const begun = performance.now();
    try {
      return await work();
    } finally {
      this.learn(performance.now() - begun);
      this.leave();
    }
  }

  private learn(tookMs: number): void {
    this.meanMs = this.meanMs ? this.meanMs + (tookMs - this.meanMs) * NEWEST : tookMs;
  }

  private turn(deadline: number): Promise<void> {
    const waitMs = ((this.queue.length + 1) * this.meanMs) / this.width;
    const late = Date.now() + waitMs + this.meanMs > deadline;
    if (late || this.queue.length >= this.room) return Promise.reject(tooMuch(waitMs));
    this.sweep ??= setInterval(() => this.refuseLate(), SWEEP_MS).unref();
    return new Promise((go, refuse) => this.queue.push({ deadline, go, refuse }));
  }

  /** Hands the slot on; the one who waited longest goes first. */
  private leave(): void {
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      if (next.deadline > Date.now()) return next.go();
      next.refuse(tooMuch(this.meanMs));
    }
    this.busy--;
    this.endSweep();
  }

  private refuseLate(): void {
    const now = Date.now() + MARGIN_MS;
    for (let i = this.queue.length - 1; i >= 0; i--) {
      if (this.queue[i]!.deadline > now) continue;
      this.queue.splice(i, 1)[0]!.refuse(tooMuch(this.meanMs));
    }
    this.endSweep();
  }

  private endSweep(): void {
    if (this.queue.length) return;
    clearInterval(this.sweep);
    this.sweep = undefined;
  }
}

const tooMuch = (waitMs: number): Refusal => Overloaded.with({ retry_after: Math.max(1, Math.ceil(waitMs / 1_000)) });
