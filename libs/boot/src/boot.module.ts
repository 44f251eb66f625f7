import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AppConfig } from './config/app.config.js';
import { Health } from './health/health.js';
import { Probes } from './health/probes.js';
import { Log } from './log/log.js';
import { NestLogger } from './log/nest-logger.js';
import { Metrics } from './metrics/metrics.js';
import { Shutdown } from './shutdown/shutdown.js';
import { InternalListener } from './start/internal-listener.js';

/** Log, health, metrics and shutdown of the process, for every module without importing it again. */
@Module({})
export class BootModule {
  /**
   * @param config the app's config; it can be injected by its own class and as `AppConfig`. Tests may give a part of it.
   * @param log the process' log when there is one already
   */
  static forApp(app: string, config: Partial<AppConfig> = {}, log?: Log): DynamicModule {
    const made = log ?? Log.create({ app, level: config.logLevel, format: config.logFormat });
    const providers: Provider[] = [
      { provide: Log, useValue: made },
      { provide: AppConfig, useValue: config },
      NestLogger,
      Health,
      Metrics,
      Probes,
      Shutdown,
      InternalListener,
    ];
    const own = config.constructor;
    if (own !== Object && own !== AppConfig) providers.push({ provide: own, useValue: config });
    return { module: BootModule, global: true, providers, exports: providers };
  }
}
