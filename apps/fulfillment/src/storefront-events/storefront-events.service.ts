import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import { NotFound, type RecordedStorefrontEvent, type RecordStorefrontEventRequest } from '#contracts';
import { SettlementWorker } from '../orders/settlement-worker.js';
import { StorefrontsService } from '../storefronts/storefronts.service.js';
import { keep, StorefrontEventsRepository } from './storefront-events.repository.js';

/** Takes pings in: authentic ones are stored as they are, whatever they say. */
@Injectable()
export class StorefrontEventsService {
  private readonly counter;

  constructor(
    private readonly storefronts: StorefrontsService,
    private readonly events: StorefrontEventsRepository,
    private readonly worker: SettlementWorker,
    metrics: Metrics,
  ) {
    const help = 'Pings of storefronts, by what became of them at the door.';
    this.counter = metrics.counter('gatehouse_storefront_events_total', help, ['store', 'outcome']);
  }

  /**
   * @throws Refusal `not_found` when the store is not configured, `webhook_unauthenticated` or `signature_invalid` before
   * the body is read as data, `unavailable` when it cannot be stored
   */
  async record(input: RecordStorefrontEventRequest): Promise<RecordedStorefrontEvent> {
    const { store, content_type, secret, signature } = input;
    const storefront = this.storefronts.find(store);
    if (!storefront) throw NotFound.with();
    const ping = { content_type, raw: Buffer.from(input.body, 'base64') };
    if (!storefront.authenticate({ secret, signature, raw: ping.raw })) {
      this.counter.inc({ store, outcome: 'refused' });
      throw storefront.refusal.with();
    }
    this.worker.pinged();
    const described = storefront.describe(ping);
    const kept = keep(described);
    const id = await this.events.insert(store, ping, kept, described.event_id ?? null);
    this.counter.inc({ store, outcome: kept.state });
    if (kept.state === 'pending') this.worker.wake();
    return { id };
  }
}
