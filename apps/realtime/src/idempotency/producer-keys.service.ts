import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { SharedStore } from '#bus';
import { IdempotencyKeyReused } from '#contracts';
import { producerKey } from './producer-keys.rules.js';

const BUCKET = 'producer_keys';

/**
 * The ids of accepted events, for all replicas and for 24 hours. The stream itself refuses an id twice within minutes,
 * which is what decides a race; this remembers it for as long as a producer may try again.
 */
@Injectable()
export class ProducerKeys {
  constructor(
    private readonly store: SharedStore,
    private readonly log: Log,
  ) {}

  /**
   * Whether the event was accepted before.
   * @throws Refusal `idempotency_key_reused` when the id stands for something else; `unavailable`
   */
  async isKnown(id: string, content: string): Promise<boolean> {
    const { value } = await this.store.read(BUCKET, producerKey(id));
    if (value === undefined) return false;
    if (value !== content) throw IdempotencyKeyReused.with(`The id ${id} was used for another event.`);
    return true;
  }

  /** Remembers an accepted event. It cannot be taken back any more, so a store that is away refuses nothing here. */
  async remember(id: string, content: string): Promise<void> {
    try {
      await this.store.write(BUCKET, producerKey(id), content, 0);
    } catch (error) {
      this.log.warn('the id of an accepted event could not be kept', { event_id: id, error });
    }
  }
}
