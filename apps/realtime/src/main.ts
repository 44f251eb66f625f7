import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { BusServer } from '#bus';
import { RealtimeConfig } from './realtime.config.js';
import { RealtimeModule } from './realtime.module.js';

await runMain(async () => {
  const config = readConfig(RealtimeConfig);
  await startService(RealtimeModule.with(config), { app: 'realtime', config, strategy: BusServer });
});
