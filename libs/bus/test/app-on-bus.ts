import { Writable } from 'node:stream';
import type { DynamicModule, INestMicroservice, Provider, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { BootModule, Health, Log, Metrics } from '#boot';
import { Bus, BusModule, BusServer } from '#bus';
import type { AppName } from '#contracts';
import { PersistenceModule } from '#persistence';

export interface AppOnBusOptions {
  url: string;
  seedFile: string;
  controllers?: Type[];
  providers?: Provider[];
  /** Address of the app's database, if it has one. */
  database?: string;
}

export interface AppOnBus {
  bus: Bus;
  nest: INestMicroservice;
  health: Health;
  metrics: Metrics;
  /** Lines that the app has logged. */
  logged: Record<string, unknown>[];
  close(): Promise<void>;
}

class Root {}

/** A real Nest microservice on the bus with the given controllers, in this process. */
export async function appOnBus(app: AppName, options: AppOnBusOptions): Promise<AppOnBus> {
  const { url, seedFile, controllers = [], providers = [], database } = options;
  const logged: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const root = {
    module: Root,
    imports: [
      bootWith(app, Log.create({ app, level: 'debug', destination })),
      ...(database ? [PersistenceModule.forApp({ app, url: database, migrations: [] })] : []),
      BusModule.forApp({ app, url, seedFile }),
    ],
    controllers,
    providers,
  };
  const nest = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(root, {
    logger: false,
    abortOnError: false,
    inject: [BusServer],
    useFactory: (strategy: BusServer) => ({ strategy }),
  });
  await nest.listen();
  nest.get(Health).started();
  const closeOnce = once(() => nest.close());
  return { bus: nest.get(Bus), nest, health: nest.get(Health), metrics: nest.get(Metrics), logged, close: closeOnce };
}

/** The boot module with a log that the test can read. */
function bootWith(app: AppName, log: Log): DynamicModule {
  const boot = BootModule.forApp(app, {});
  const isLog = (p: Provider): boolean => typeof p === 'object' && p.provide === Log;
  const providers = boot.providers!.map((p) => (isLog(p) ? { provide: Log, useValue: log } : p));
  return { ...boot, providers, exports: providers };
}

function once(fn: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= fn());
}

/** Waits until `check` holds. @throws the last failure when it does not within `limitMs` */
export async function eventually<T>(check: () => T | Promise<T>, limitMs = 30_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Waits until the app says that it is ready. */
export const untilReady = (app: AppOnBus, limitMs?: number): Promise<void> =>
  eventually(async () => {
    const readiness = await app.health.ready();
    if (readiness.status !== 'ready') throw new Error(JSON.stringify(readiness));
  }, limitMs);

/** The value of a metric with the given labels, 0 when it was never touched. */
export async function metric(app: AppOnBus, name: string, labels: Record<string, string> = {}): Promise<number> {
  const found = await app.metrics.registry.getSingleMetric(name.replace(/_count$/, ''))?.get();
  const values = (found?.values ?? []) as { value: number; labels: Record<string, string>; metricName?: string }[];
  const match = values.filter(
    (v) => (v.metricName ?? name) === name && Object.entries(labels).every(([k, l]) => v.labels[k] === l),
  );
  return match.reduce((sum, v) => sum + v.value, 0);
}
