import type { Socket } from 'node:net';
import { relayed } from './relay.js';

/** One piece in ten waits for up to this long, as on a busy machine. */
const SHORT_MS = 20;
/** A few in a thousand wait for up to this long, as when a disk or a neighbour is at its limit; not one after another. */
const LONG_MS = 1_200;
const LONG_APART_MS = 3_000;

/**
 * Puts a relay in front of the server that `url` names, by which everything arrives, in its order, and some of it late.
 * It shows what a test or the product takes for granted about time: `GATEHOUSE_TEST_STALLS=1 npm test`.
 * @returns the address of the relay; `url` itself in a run without stalls
 */
export async function stalling(url: string): Promise<string> {
  if (!process.env.GATEHOUSE_TEST_STALLS) return url;
  return relayed(url, (near, dial) => {
    const far = dial();
    new Direction(near, far);
    new Direction(far, near);
  });
}

class Direction {
  private readonly waiting: { piece: Buffer | undefined; at: number }[] = [];
  private timer?: NodeJS.Timeout;
  private stalledAt = 0;

  constructor(
    from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (piece) => this.take(piece as Buffer, this.delay()));
    from.on('end', () => this.take(undefined, 0));
    from.on('error', () => to.destroy());
    from.on('close', () => setTimeout(() => to.destroy(), LONG_MS).unref());
  }

  private take(piece: Buffer | undefined, delay: number): void {
    const before = this.waiting.at(-1)?.at ?? 0;
    this.waiting.push({ piece, at: Math.max(before, Date.now() + delay) });
    if (!this.timer) this.pass();
  }

  private pass(): void {
    for (let first; (first = this.waiting[0]) && first.at <= Date.now(); this.waiting.shift()) {
      if (first.piece === undefined) this.to.end();
      else if (this.to.writable) this.to.write(first.piece);
    }
    const [next] = this.waiting;
    this.timer = next && setTimeout(() => this.pass(), Math.max(1, next.at - Date.now()));
  }

  private delay(): number {
    const chance = Math.random();
    if (chance < 0.003 && Date.now() - this.stalledAt > LONG_APART_MS) {
      this.stalledAt = Date.now();
      return LONG_MS * Math.random();
    }
    return chance < 0.1 ? SHORT_MS * Math.random() : 0;
  }
}
