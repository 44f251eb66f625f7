import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListStorefrontEvents,
  RecordStorefrontEvent,
  ReplayStorefrontEvent,
  type ListStorefrontEventsRequest,
  type RecordedStorefrontEvent,
  type RecordStorefrontEventRequest,
  type ReplayStorefrontEventRequest,
  type StorefrontEvent,
  type StorefrontEventPage,
} from '#contracts';
import { ReplayService } from './replay.service.js';
import { StorefrontEventsQueries } from './storefront-events.queries.js';
import { StorefrontEventsService } from './storefront-events.service.js';

@Controller()
export class StorefrontEventsController {
  constructor(
    private readonly events: StorefrontEventsService,
    private readonly replays: ReplayService,
    private readonly queries: StorefrontEventsQueries,
  ) {}

  /** One statement is a transaction by itself. */
  @Handles(RecordStorefrontEvent, { transaction: false })
  record(input: RecordStorefrontEventRequest): Promise<RecordedStorefrontEvent> {
    return this.events.record(input);
  }

  @Handles(ListStorefrontEvents, { transaction: false })
  list(input: ListStorefrontEventsRequest): Promise<StorefrontEventPage> {
    return this.queries.page(input);
  }

  @Handles(ReplayStorefrontEvent, { transaction: false })
  replay(input: ReplayStorefrontEventRequest): Promise<StorefrontEvent> {
    return this.replays.replay(input.id).then(() => this.queries.one(input.id));
  }
}
