import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import type { KekStatus } from '#contracts';
import { Transactions } from '#persistence';
import type { OwnedDataKey } from '../kek/data-keys.repository.js';
import { contextOf } from '../kek/data-keys.service.js';
import { Keks } from '../kek/keks.js';
import { wrapProven } from '../kek/proven-wrap.js';
import { WrappedKeysRepository, type Rewrapped } from './wrapped-keys.repository.js';

const BATCH = 100;
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Wraps data keys anew with the present key-encryption key. Where it stands is in the rows themselves: whoever dies in
 * between has lost nothing, and every key opens all the while by whichever key it is wrapped by.
 */
@Injectable()
export class KekRotation {
  constructor(
    private readonly keks: Keks,
    private readonly stored: WrappedKeysRepository,
    private readonly tx: Transactions,
    private readonly log: Log,
  ) {}

  /** Orders that everything is wrapped anew, also what the present key has wrapped: providers rotate keys inside. */
  async begin(): Promise<void> {
    await this.stored.begin(this.keks.current.id);
  }

  async status(): Promise<KekStatus> {
    const { id } = this.keks.current;
    const [wrapped_by, remaining, since] = await Promise.all([
      this.stored.wrappedBy(),
      this.stored.remaining(id),
      this.stored.rotatingSince(),
    ]);
    return { current: id, wrapped_by, remaining, rotating_since: since?.toISOString() ?? null };
  }

  /** Works until nothing is left, or another replica is at it. @returns how many were wrapped anew */
  async work(): Promise<number> {
    if (!(await this.stored.isTarget(this.keks.current.id))) return 0;
    let [after, done, left]: [string | undefined, number, number] = [FIRST, 0, 0];
    while (after !== undefined) {
      const batch = await this.tx.run(() => this.batch(after!));
      if (!batch) return done;
      ({ after } = batch);
      done += batch.done;
      left += batch.left;
    }
    if (left === 0) await this.stored.finish(this.keks.current.id);
    if (done) this.log.info('data keys were wrapped anew', { keys: done, left, kek: this.keks.current.id });
    return done;
  }

  /** @returns where to go on, if anywhere; nothing at all when it is another replica's turn */
  private async batch(after: string): Promise<{ after?: string; done: number; left: number } | undefined> {
    if (!(await this.stored.isMyTurn())) return undefined;
    const { current } = this.keks;
    const keys = await this.stored.staleAfter(after, current.id, BATCH);
    if (!keys.length) return { done: 0, left: 0 };
    const tried = await Promise.allSettled(keys.map((key) => this.rewrap(key)));
    const done = tried.flatMap((t) => (t.status === 'fulfilled' ? [t.value] : []));
    const failed = tried.find((t) => t.status === 'rejected');
    if (failed) this.log.error('data keys could not be wrapped anew', { error: failed.reason, keys: keys.length });
    if (done.length) await this.stored.rewrap(current.id, done);
    // What fails stays as it is, and is tried again in the next round.
    return { after: keys.at(-1)!.id, done: done.length, left: keys.length - done.length };
  }

  private async rewrap({ id, kek_id, wrapped, ...owner }: OwnedDataKey): Promise<Rewrapped> {
    const { owner_type: ownerType, owner_id: ownerId, purpose } = owner;
    const context = contextOf(id, { ownerType, ownerId, purpose });
    const key = await this.keks.find(kek_id).unwrap(wrapped, context);
    try {
      return { id, before: wrapped, wrapped: await wrapProven(this.keks.current, key, context) };
    } finally {
      key.fill(0);
    }
  }
}
