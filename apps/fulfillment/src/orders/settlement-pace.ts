const MOST = 8;
/** So many pings within the window are a burst: about fifty a second. */
const MANY = 10;
const WINDOW_MS = 200;
/** After the first ping in a while, so long is waited for whether it was the first of a burst. */
const FIRST_MS = 25;
/** A burst holds orders up for no longer than this; then they are settled one at a time beside it. */
const LONGEST_HOLD_MS = 30_000;

/**
 * How many orders a replica settles at a time. A store waits for its answer and hangs up; an order that is stored can
 * wait. And settling one costs thirty times what storing a ping does. So while pings come in a burst they are stored
 * and nothing else is begun.
 */
export class SettlementPace {
  /** When the latest pings came; the oldest of them at `next`. */
  private readonly latest = new Array<number>(MANY).fill(-Infinity);
  private next = 0;
  private heldSince = -Infinity;
  private heldUntil = -Infinity;

  get atOnce(): number {
    const now = performance.now();
    if (now >= this.heldUntil) return MOST;
    return now - this.heldSince < LONGEST_HOLD_MS ? 0 : 1;
  }

  /** A ping came. */
  pinged(): void {
    const now = performance.now();
    const [oldest, newest] = [this.latest[this.next]!, this.latest.at(this.next - 1)!];
    this.latest[this.next] = now;
    this.next = (this.next + 1) % MANY;
    if (now - oldest < WINDOW_MS) this.hold(now, WINDOW_MS);
    else if (now - newest >= WINDOW_MS) this.hold(now, FIRST_MS);
  }

  private hold(now: number, ms: number): void {
    if (now >= this.heldUntil) this.heldSince = now;
    this.heldUntil = now + ms;
  }
}
