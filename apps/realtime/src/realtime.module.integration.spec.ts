import 'reflect-metadata';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootModule, Health, Log, readConfig } from '#boot';
import { BusServer } from '#bus';
import { eventually, testBroker, type TestBroker } from '../../../test/support/index.js';
import { severable, type Severable } from '../../../test/support/severable.js';
import { RealtimeConfig } from './realtime.config.js';
import { RealtimeModule } from './realtime.module.js';

let broker: TestBroker;
let way: Severable;
let app: INestMicroservice | undefined;
beforeAll(async () => {
  broker = await testBroker();
  way = await severable(broker.url);
}, 60_000);
afterAll(async () => {
  await app?.close();
  await way?.cut();
  await broker?.stop();
});

class Root {}

async function start(): Promise<INestMicroservice> {
  const config = readConfig(RealtimeConfig, {
    GATEHOUSE_PROFILE: 'development',
    NATS_URL: way.url,
    NATS_SEED_FILE: broker.seedFile('realtime'),
    PUBLIC_URL: 'http://127.0.0.1:3000',
    INTERNAL_PORT: '0',
  });
  const log = Log.create({ app: 'realtime', level: 'silent' });
  const root = { module: Root, imports: [BootModule.forApp('realtime', config, log), RealtimeModule.with(config)] };
  app = await NestFactory.createMicroservice(root, {
    logger: false,
    abortOnError: false,
    inject: [BusServer],
    useFactory: (strategy: BusServer) => ({ strategy }),
  });
  await app.listen();
  return app;
}

it('RT33: starts while its broker is away, is not ready then, and talks to it as soon as it is there', async () => {
  await way.cut();
  const health = (await start()).get(Health);
  health.started();
  const bus = async () => (await health.ready()).dependencies['bus']?.status;
  expect(await bus()).toBe('down');
  await way.mend();
  await eventually('the bus', 60_000, async () => (await bus()) === 'up' || undefined);
});
