import { Module, type DynamicModule } from '@nestjs/common';
import { BusModule } from '#bus';
import { PersistenceModule } from '#persistence';
import { ErasureModule } from './erasure/erasure.module.js';
import type { FulfillmentConfig } from './fulfillment.config.js';
import { MailModule } from './mail/mail.module.js';
import { migrations } from './migrations/index.js';
import { OrdersModule } from './orders/orders.module.js';
import { PortalModule } from './portal/portal.module.js';
import { ReconcilerModule } from './reconciler/reconciler.module.js';
import { SalesFilesModule } from './sales-files/sales-files.module.js';
import { StorefrontEventsModule } from './storefront-events/storefront-events.module.js';

/** Everything but the ways to the database and to the other services. */
export const FEATURES = [
  StorefrontEventsModule,
  OrdersModule,
  MailModule,
  PortalModule,
  ErasureModule,
  ReconcilerModule,
  SalesFilesModule,
];

/** Storefronts, orders and the mail of all services. */
@Module({})
export class FulfillmentModule {
  static forConfig(config: FulfillmentConfig): DynamicModule {
    return {
      module: FulfillmentModule,
      imports: [
        PersistenceModule.forApp({
          app: 'fulfillment',
          url: config.databaseUrl,
          poolSize: config.databasePoolSize,
          entities: [],
          migrations,
        }),
        BusModule.forApp({ app: 'fulfillment', url: config.natsUrl, seedFile: config.natsSeedFile }),
        ...FEATURES,
      ],
    };
  }
}
