import 'reflect-metadata';
import { readConfig, runMain, startService } from '#boot';
import { RealtimeConfig } from './realtime.config.js';
import { RealtimeModule } from './realtime.module.js';

await runMain(() => startService(RealtimeModule.with, { app: 'realtime', config: readConfig(RealtimeConfig) }));
