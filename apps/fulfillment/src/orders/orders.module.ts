import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/products.module.js';
import { StorefrontEventsRepository } from '../storefront-events/storefront-events.repository.js';
import { StorefrontsModule } from '../storefronts/storefronts.module.js';
import { LicensesService } from './licenses.service.js';
import { MappedOrdersService } from './mapped-orders.service.js';
import { OrderBooks } from './order-books.js';
import { OrderFamiliesService } from './order-families.service.js';
import { OrderWorkRepository } from './order-work.repository.js';
import { OrdersController } from './orders.controller.js';
import { OrdersQueries } from './orders.queries.js';
import { OrdersRepository } from './orders.repository.js';
import { RevocationBrake } from './revocation-brake.service.js';
import { SettlementWorker } from './settlement-worker.js';
import { SettlementService } from './settlement.service.js';

/** Orders, settled from what the inbox of pings holds. */
@Module({
  imports: [StorefrontsModule, ProductsModule],
  controllers: [OrdersController],
  providers: [
    OrdersRepository,
    OrdersQueries,
    OrderWorkRepository,
    StorefrontEventsRepository,
    OrderBooks,
    OrderFamiliesService,
    LicensesService,
    RevocationBrake,
    SettlementService,
    SettlementWorker,
    MappedOrdersService,
  ],
  exports: [SettlementWorker, OrderWorkRepository, StorefrontEventsRepository],
})
export class OrdersModule {}
