import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { LicensingConfig } from './licensing.config.js';
import { LicensingModule } from './licensing.module.js';

await runMain(() => {
  const config = readConfig(LicensingConfig);
  return startService(LicensingModule.with(config), { app: 'licensing', config, strategy: BusServer });
});
