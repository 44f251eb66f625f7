import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { IdentityConfig } from './identity.config.js';
import { IdentityModule } from './identity.module.js';

await runMain(() => {
  const config = readConfig(IdentityConfig);
  return startService(IdentityModule.with(config), { app: 'identity', config, strategy: BusServer });
});
