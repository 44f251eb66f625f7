import type { SharedStore } from '#bus';
import { Overloaded } from '#contracts';
import { decide, type Limit, type Verdict } from './limit.rules.js';

export const LIMITS_BUCKET = 'limits';

const TRIES = 8;
const REMEMBERED = 20_000;

interface Known {
  tat: number;
  revision: number;
}

/**
 * Counts every request in the shared store before it goes on: for sign-in and its like, where one request too many
 * is a guess too many. Requests of one key queue up in this process, so that replicas race and callers do not.
 */
export class StrictLimiter {
  private readonly known = new Map<string, Known>();
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(private readonly store: SharedStore) {}

  take(limit: Limit, key: string): Promise<Verdict> {
    const before = this.queues.get(key) ?? Promise.resolve();
    const mine = before.then(
      () => this.count(limit, key),
      () => this.count(limit, key),
    );
    this.queues.set(key, mine);
    const forget = (): void => {
      if (this.queues.get(key) === mine) this.queues.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }

  private async count(limit: Limit, key: string): Promise<Verdict> {
    for (let tries = 0; tries < TRIES; tries++) {
      const entry = this.known.get(key) ?? (await this.read(key));
      const verdict = decide(limit, entry.tat, Date.now());
      // What is full here is full everywhere: entries only grow, so a flood costs the store nothing.
      if (!verdict.allowed) return verdict;
      const revision = await this.store.write(LIMITS_BUCKET, key, String(Math.ceil(verdict.tat)), entry.revision);
      if (revision !== undefined) {
        this.remember(key, { tat: Math.ceil(verdict.tat), revision });
        return verdict;
      }
      this.known.delete(key);
    }
    throw Overloaded.with();
  }

  private async read(key: string): Promise<Known> {
    const { value, revision } = await this.store.read(LIMITS_BUCKET, key);
    return { tat: Number(value ?? 0), revision };
  }

  private remember(key: string, entry: Known): void {
    this.known.delete(key);
    if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value!);
    this.known.set(key, entry);
  }
}
