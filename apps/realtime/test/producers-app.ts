import type { INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootModule, Health, Log } from '#boot';
import { Bus, BusModule, BusServer, SharedStore } from '#bus';
import type { AppName } from '#contracts';
import type { TestBroker } from '../../../test/support/index.js';
import { Cooldowns } from '../src/cooldown/cooldowns.service.js';
import { FramePublisher } from '../src/fanout/frame-publisher.service.js';
import { ProducerKeys } from '../src/idempotency/producer-keys.service.js';
import { ProducersController } from '../src/producers/producers.controller.js';
import { ProducersService } from '../src/producers/producers.service.js';
import { Receivers } from '../src/producers/receivers.service.js';

class Root {}

/** An app on the real bus, with as much in it as the test needs. */
async function appOn(
  broker: TestBroker,
  app: AppName,
  parts: { controllers?: Type[]; providers?: Type[]; url?: string },
): Promise<INestMicroservice> {
  const log = Log.create({ app, level: 'silent' });
  const { url = broker.url, ...rest } = parts;
  const bus = BusModule.forApp({ app, url, seedFile: broker.seedFile(app) });
  const root = { module: Root, imports: [BootModule.forApp(app, {}, log), bus], ...rest };
  const nest = await NestFactory.createMicroservice(root, {
    logger: false,
    abortOnError: false,
    inject: [BusServer],
    useFactory: (strategy: BusServer) => ({ strategy }),
  });
  await nest.listen();
  nest.get(Health).started();
  return nest;
}

/**
 * What takes producers' commands and events in one replica of realtime.
 * @param url of another way to the broker than the direct one
 */
export const producersApp = (broker: TestBroker, url?: string): Promise<INestMicroservice> =>
  appOn(broker, 'realtime', {
    url,
    controllers: [ProducersController],
    providers: [Cooldowns, FramePublisher, ProducerKeys, ProducersService, Receivers, SharedStore],
  });

/** The bus as the gateway has it. */
export async function gatewayBus(broker: TestBroker): Promise<{ bus: Bus; close(): Promise<void> }> {
  const nest = await appOn(broker, 'gateway', {});
  return { bus: nest.get(Bus), close: () => nest.close() };
}
