import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Msg } from '@nats-io/transport-node';
import { Log } from '#boot';
import { eventSubject, parse } from '#contracts';
import { BusConnection } from '../connection/bus-connection.js';
import type { KeptSubscription } from '../connection/kept-subscription.js';
import { Subscriptions } from '../connection/subscriptions.js';
import { eventIdOf } from './delivery.rules.js';
import { madeAt } from './event-time.rules.js';
import { EventHandlers, type EventRoute } from './event-handlers.js';

/** Hears the events that every replica of the app watches, straight from the broker and without the stream. */
@Injectable()
export class EventWatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private kept: KeptSubscription[] = [];

  constructor(
    private readonly link: BusConnection,
    private readonly subscriptions: Subscriptions,
    private readonly handlers: EventHandlers,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.kept = this.handlers.watched(this.link.options.app).map((route) => this.watch(route));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.kept.map((s) => s.drain()));
  }

  private watch(route: EventRoute): KeptSubscription {
    return this.subscriptions.keep({
      subject: eventSubject(route.event),
      handle: (msg) => void this.hear(route, msg),
    });
  }

  private async hear({ event, handlers }: EventRoute, msg: Msg): Promise<void> {
    try {
      const data = parse(event.data, msg.json());
      const id = eventIdOf(event, data, msg.headers?.get('Nats-Msg-Id'), 0);
      const meta = { id, event: event.name, at: madeAt(id), tries: 1 };
      for (const { call } of handlers) await call(data, meta);
    } catch (error) {
      this.log.error(`a watcher of ${event.name} failed`, { event: event.name, error });
    }
  }
}
