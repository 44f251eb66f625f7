import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { SecretsConfig } from './secrets.config.js';
import { SecretsModule } from './secrets.module.js';

await runMain(() => {
  const config = readConfig(SecretsConfig);
  return startService(SecretsModule.with(config), { app: 'secrets', config, strategy: BusServer });
});
