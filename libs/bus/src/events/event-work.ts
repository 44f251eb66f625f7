import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { JsMsg } from '@nats-io/jetstream';
import type { AppName } from '#contracts';
import { EventDelivery } from './event-delivery.js';
import { EventHandlers, type EventRoute } from './event-handlers.js';
import { giveBack } from './give-back.js';
import { Lanes } from './lanes.js';

/** How many events one replica handles at once. */
const WIDTH = 16;
/** How often the broker is told that an event is still at work; well below the consumer's `ack_wait`. */
const WORKING_MS = 10_000;
const DRAIN_MS = 10_000;

/** The delivered events of this replica, from arrival to settlement. */
@Injectable()
export class EventWork {
  private readonly lanes = new Lanes(WIDTH);
  private readonly held = new Set<JsMsg>();
  private readonly inFlight = new Set<Promise<void>>();
  private routes: ReadonlyMap<string, EventRoute> = new Map();
  private working?: NodeJS.Timeout;
  private stopping = false;

  constructor(
    private readonly handlers: EventHandlers,
    private readonly delivery: EventDelivery,
  ) {}

  /** @returns how many events the app listens to */
  prepare(app: AppName): number {
    this.routes = new Map(this.handlers.listened(app).map((route) => [route.event.name, route]));
    this.working = setInterval(() => this.held.forEach((msg) => msg.working()), WORKING_MS).unref();
    return this.routes.size;
  }

  /** Events of one key are handled in order of arrival, the rest side by side. */
  take(msg: JsMsg): void {
    if (this.stopping) return giveBack(msg);
    this.held.add(msg);
    const work = this.lanes.run(keyOf(msg), async () => {
      if (this.stopping) giveBack(msg);
      else await this.delivery.deliver(this.routes, msg);
      this.held.delete(msg);
    });
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  /** Lets what is at work end, in time; what only waits goes to another replica at once. */
  async finish(): Promise<void> {
    this.stopping = true;
    await Promise.race([Promise.all(this.inFlight), sleep(DRAIN_MS, undefined, { ref: false })]);
    clearInterval(this.working);
  }
}

function keyOf(msg: JsMsg): string | undefined {
  try {
    return msg.headers?.get('Gatehouse-Key') || undefined;
  } catch {
    // Headers that cannot be read are found again, and told, at the delivery.
    return undefined;
  }
}
