import { Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { Shutdown } from '#boot';
import { BusServer } from './commands/bus-server.js';
import { BusConnection } from './connection/bus-connection.js';
import { EventConsumer } from './events/event-consumer.js';
import { OutboxRelay } from './events/outbox-relay.js';

/** The order in which the bus leaves: relay and consumer, then commands with their answers, then the connection. */
@Injectable()
export class BusLifecycle implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    shutdown: Shutdown,
    private readonly link: BusConnection,
    private readonly server: BusServer,
    private readonly consumer: EventConsumer,
    private readonly relay: OutboxRelay,
  ) {
    shutdown.register('consumers', 'events', () => this.consumer.stop());
    shutdown.register('consumers', 'outbox relay', () => this.relay.stop());
    shutdown.register('bus', 'bus', () => this.leave());
  }

  /** An app that ends without the shutdown order, as tests do, comes by here; after it, it finds all done. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.consumer.stop(), this.relay.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.leave();
  }

  private async leave(): Promise<void> {
    await this.server.close();
    await this.link.close();
  }
}
