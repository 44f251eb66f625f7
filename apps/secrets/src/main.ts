import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { SecretsConfig } from './secrets.config.js';
import { SecretsModule } from './secrets.module.js';

await runMain(async () => {
  const config = readConfig(SecretsConfig);
  return startService(await SecretsModule.with(config), { app: 'secrets', config, strategy: BusServer });
});
