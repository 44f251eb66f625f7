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
   * Asked again for the same config it gives the same module, so that an app has one of each whoever imports it.
   * @param config the app's config; it can be injected by its own class and as `AppConfig`. Tests may give a part of it.
   * @param log for tests that read what is logged
   */
  static forApp(app: string, config: Partial<AppConfig> = {}, log?: Log): DynamicModule {
    return partsOf(app, config, log).module;
  }

  /** The log of that module, for what runs before Nest does. */
  static logOf(app: string, config: Partial<AppConfig>): Log {
    return partsOf(app, config).log;
  }
}

interface Parts {
  module: DynamicModule;
  log: Log;
}

const made = new WeakMap<object, Map<string, Parts>>();

function partsOf(app: string, config: Partial<AppConfig>, log?: Log): Parts {
  const ofConfig = made.get(config) ?? new Map<string, Parts>();
  made.set(config, ofConfig);
  const held = ofConfig.get(app);
  const parts = held && (!log || held.log === log) ? held : makeParts(app, config, log);
  ofConfig.set(app, parts);
  return parts;
}

function makeParts(app: string, config: Partial<AppConfig>, given?: Log): Parts {
  const log = given ?? Log.create({ app, level: config.logLevel, format: config.logFormat });
  const providers: Provider[] = [
    { provide: Log, useValue: log },
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
  return { module: { module: BootModule, global: true, providers, exports: providers }, log };
}
