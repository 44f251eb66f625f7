import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { FulfillmentConfig } from './fulfillment.config.js';
import { FulfillmentModule } from './fulfillment.module.js';

await runMain(() => {
  const config = readConfig(FulfillmentConfig);
  return startService(FulfillmentModule.forConfig(config), { app: 'fulfillment', config, strategy: BusServer });
});
