import type { DynamicModule, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions, CustomTransportStrategy } from '@nestjs/microservices';
import { BootModule } from '../boot.module.js';
import type { AppConfig } from '../config/app.config.js';
import { NestLogger } from '../log/nest-logger.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { InternalListener } from './internal-listener.js';
import { supervise } from './supervise.js';

export interface ServiceOptions {
  app: string;
  config: AppConfig;
  /** How commands arrive: an instance, or the class of a provider of the app. */
  strategy: CustomTransportStrategy | Type<CustomTransportStrategy>;
}

class ServiceRoot {}

/**
 * Starts a bus-only app: Nest microservice, health and metrics listener, signals, shutdown order.
 * `module` may import `BootModule.forApp(app, config)` itself, with the same config.
 */
export async function startService(module: Type | DynamicModule, options: ServiceOptions): Promise<INestMicroservice> {
  const { app, config, strategy } = options;
  const root = { module: ServiceRoot, imports: [BootModule.forApp(app, config), module] };
  const log = BootModule.logOf(app, config);
  const service = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
    logger: new NestLogger(log),
    abortOnError: false,
    inject: typeof strategy === 'function' ? [strategy] : [],
    useFactory: (provided?: CustomTransportStrategy) => ({
      strategy: provided ?? (strategy as CustomTransportStrategy),
    }),
  });
  const listener = service.get(InternalListener);
  // Probes answer while the app still connects. `listen` runs the hooks; `init` before it would run them twice.
  await listener.listen(config.internalHost, config.internalPort);
  await service.listen();
  supervise(service, config);
  service.get(Shutdown).register('pools', 'internal listener', () => listener.close());
  log.info('ready', { internal_port: listener.port });
  return service;
}
