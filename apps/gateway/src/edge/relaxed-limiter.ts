import { CatchUp, type SharedStore } from '#bus';
import { decide, limitKey, type Limit, type Verdict } from './limit.rules.js';
import { LIMITS_BUCKET } from './strict-limiter.js';

const SHARE_EVERY_MS = 1_000;
/** Part of an allowance that an address uses up before the other replicas are told; most never do. */
const SHARE_FROM = 0.1;
const PARALLEL = 32;

interface Count {
  limit: Limit;
  block: string;
  tat: number;
  /** Milliseconds of allowance used here since the store was told last. */
  unshared: number;
}

/**
 * Decides at once from what this process knows, and evens out with the other replicas once a second: for the broad
 * limits, whose point is the flood and not the single request. Costs one look-up in a map.
 */
export class RelaxedLimiter {
  private readonly counts = new Map<string, Count>();
  private readonly timer: NodeJS.Timeout;
  private readonly sharing = new CatchUp(() => this.shareAll());

  constructor(private readonly store: SharedStore) {
    this.timer = setInterval(() => void this.share(), SHARE_EVERY_MS).unref();
  }

  take(limit: Limit, block: string): Verdict {
    const id = limit.name + block;
    let count = this.counts.get(id);
    if (!count) this.counts.set(id, (count = { limit, block, tat: 0, unshared: 0 }));
    const verdict = decide(limit, count.tat, Date.now());
    if (verdict.allowed) count.unshared += limit.periodMs / limit.requests;
    count.tat = verdict.tat;
    return verdict;
  }

  /** Evens out with the store. Resolves when all that was counted until the call is shared, or the store is away. */
  share(): Promise<void> {
    return this.sharing.again();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.share();
  }

  private async shareAll(): Promise<void> {
    const now = Date.now();
    const due: Count[] = [];
    for (const [id, count] of this.counts) {
      if (count.tat <= now) this.counts.delete(id);
      else if (count.unshared > 0 && count.tat - now > SHARE_FROM * count.limit.periodMs) due.push(count);
    }
    for (let i = 0; i < due.length; i += PARALLEL) {
      // A store that is away is no reason to refuse: this replica's own count still holds.
      const done = await Promise.allSettled(due.slice(i, i + PARALLEL).map((c) => this.shareOne(c)));
      if (done.every((d) => d.status === 'rejected')) return;
    }
  }

  private async shareOne(count: Count): Promise<void> {
    const key = limitKey(count.limit.name, count.block);
    const used = count.unshared;
    for (let tries = 0; tries < 3; tries++) {
      const { value, revision } = await this.store.read(LIMITS_BUCKET, key);
      const now = Date.now();
      const theirs = Math.max(Number(value ?? 0), now);
      // Entries beyond a whole period would only lengthen a punishment that nobody decided.
      const together = Math.min(theirs + used, now + count.limit.periodMs);
      if ((await this.store.write(LIMITS_BUCKET, key, String(Math.ceil(together)), revision)) === undefined) continue;
      count.unshared -= used;
      count.tat = Math.max(count.tat, together);
      return;
    }
  }
}
