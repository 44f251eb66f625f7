import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { SharedStore } from '#bus';
import { IdempotencyKeyReused } from '#contracts';
import { claimOf, producerKey, standingOf } from './producer-keys.rules.js';

const BUCKET = 'producer_keys';

/** An id that stands for its event and for no other, whatever becomes of it. */
export interface ClaimedId {
  /** Remembers that the stream has the event. */
  accepted(): Promise<void>;
}

/**
 * What the ids of events stand for, for all replicas and for 24 hours. An id is claimed for its content before anything
 * is pushed, so of two contents that race one is refused. A claim alone does not say that the event was pushed: whoever
 * comes again with the same content pushes it, and the stream, which refuses an id twice within minutes, decides a race.
 */
@Injectable()
export class ProducerKeys {
  constructor(
    private readonly store: SharedStore,
    private readonly log: Log,
  ) {}

  /**
   * @returns nothing when the event was accepted before
   * @throws Refusal `idempotency_key_reused` when the id stands for something else; `unavailable`
   */
  async claim(id: string, content: string): Promise<ClaimedId | undefined> {
    const key = producerKey(id);
    // Most ids are new: looking is for those that are not.
    for (let before = 0; ;) {
      const mine = await this.store.write(BUCKET, key, claimOf(content), before);
      if (mine !== undefined) return this.claimed(id, content, mine);
      const { value, revision } = await this.store.read(BUCKET, key);
      const standing = value === undefined ? 'free' : standingOf(value, content);
      if (standing === 'another') throw IdempotencyKeyReused.with(`The id ${id} was used for another event.`);
      if (standing === 'accepted') return undefined;
      if (standing === 'claimed') return this.claimed(id, content, revision);
      before = revision;
    }
  }

  private claimed(id: string, content: string, revision: number): ClaimedId {
    return {
      // The event cannot be taken back any more, so a store that is away refuses nothing here.
      accepted: async () => {
        try {
          await this.store.write(BUCKET, producerKey(id), content, revision);
        } catch (error) {
          this.log.warn('the id of an accepted event could not be kept', { event_id: id, error });
        }
      },
    };
  }
}
