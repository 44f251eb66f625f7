import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import {
  NotFound,
  WebhookUnauthenticated,
  type RecordedStorefrontEvent,
  type RecordStorefrontEventRequest,
} from '#contracts';
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

  /** @throws Refusal `webhook_unauthenticated` before the body is looked at; `unavailable` when it cannot be stored */
  async record(input: RecordStorefrontEventRequest): Promise<RecordedStorefrontEvent> {
    const { store, secret, content_type } = input;
    const storefront = this.storefronts.of(store);
    if (!storefront.authenticate(secret)) {
      this.counter.inc({ store, outcome: 'refused' });
      throw WebhookUnauthenticated.with();
    }
    const ping = { content_type, raw: Buffer.from(input.body, 'base64') };
    const kept = keep(storefront.describe(ping));
    const id = await this.events.insert(ping, kept);
    this.counter.inc({ store, outcome: kept.state });
    if (kept.state === 'pending') this.worker.wake();
    return { id };
  }

  /** Reads a stored ping again, with the rules and products of today. */
  async replay(id: string): Promise<void> {
    const ping = await this.events.ping(id);
    if (!ping) throw NotFound.with();
    await this.events.reopen(id, keep(this.storefronts.of('gumroad').describe(ping)));
    this.worker.wake();
  }
}
