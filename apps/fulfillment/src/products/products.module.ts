import { Module } from '@nestjs/common';
import { FulfillmentConfig } from '../fulfillment.config.js';
import { ProductCatalog } from './product-catalog.js';

@Module({
  providers: [
    {
      provide: ProductCatalog,
      inject: [FulfillmentConfig],
      useFactory: (config: FulfillmentConfig) => ProductCatalog.fromFile(config.productsFile),
    },
  ],
  exports: [ProductCatalog],
})
export class ProductsModule {}
