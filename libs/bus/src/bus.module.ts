import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BusLifecycle } from './bus-lifecycle.js';
import { Answering } from './commands/answering.js';
import { Bus } from './commands/bus.js';
import { BusServer } from './commands/bus-server.js';
import { CommandHandlers } from './commands/command-handlers.js';
import { CommandMetrics } from './commands/command-metrics.js';
import { CommandWork } from './commands/command-work.js';
import { Replies } from './commands/replies.js';
import { BusConnection } from './connection/bus-connection.js';
import { BusHealth } from './connection/bus-health.js';
import { BUS_OPTIONS, type BusOptions } from './connection/bus-options.js';
import { MarkedMethods } from './connection/marked-methods.js';

const CONNECTION = [BusConnection, BusHealth, MarkedMethods, Subscriptions];
const COMMANDS = [Replies, Bus, CommandHandlers, CommandMetrics, Answering, CommandWork, BusServer];
const EVENTS = [
  EventHandlers,
  EventApplication,
  EventDelivery,
  EventWork,
  EventConsumer,
  EventWatcher,
  OutboxRelay,
  InboxUpkeep,
  DeadLettersService,
];
import { Subscriptions } from './connection/subscriptions.js';
import { deadLettersControllers } from './events/dead-letters.controller.js';
import { DeadLettersService } from './events/dead-letters.service.js';
import { EventApplication } from './events/event-application.js';
import { EventConsumer } from './events/event-consumer.js';
import { EventDelivery } from './events/event-delivery.js';
import { EventHandlers } from './events/event-handlers.js';
import { EventWatcher } from './events/event-watcher.js';
import { EventWork } from './events/event-work.js';
import { InboxUpkeep } from './events/inbox-upkeep.js';
import { OutboxRelay } from './events/outbox-relay.js';

/** The bus for one app: client, command server, and events where the app has any. Global. Needs `BootModule`. */
@Module({})
export class BusModule {
  static forApp(options: BusOptions): DynamicModule {
    return {
      module: BusModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: deadLettersControllers(options.app),
      providers: [{ provide: BUS_OPTIONS, useValue: options }, ...CONNECTION, ...COMMANDS, ...EVENTS, BusLifecycle],
      exports: [Bus, BusServer, BusConnection],
    };
  }
}
