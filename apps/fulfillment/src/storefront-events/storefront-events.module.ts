import { Module } from '@nestjs/common';
import { OrdersModule } from '../orders/orders.module.js';
import { StorefrontsModule } from '../storefronts/storefronts.module.js';
import { ReplayService } from './replay.service.js';
import { StorefrontEventsController } from './storefront-events.controller.js';
import { StorefrontEventsQueries } from './storefront-events.queries.js';
import { StorefrontEventsService } from './storefront-events.service.js';

/** The inbox of pings. */
@Module({
  imports: [OrdersModule, StorefrontsModule],
  controllers: [StorefrontEventsController],
  providers: [ReplayService, StorefrontEventsService, StorefrontEventsQueries],
})
export class StorefrontEventsModule {}
