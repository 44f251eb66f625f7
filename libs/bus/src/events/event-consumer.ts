import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { jetstream, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { Log, Metrics, Shutdown } from '#boot';
import { EVENTS_STREAM } from '../broker/streams.js';
import { BusConnection } from '../connection/bus-connection.js';
import { BusHealth } from '../connection/bus-health.js';
import { EventDelivery } from './event-delivery.js';
import { EventHandlers, type EventRoute } from './event-handlers.js';
import { Lanes } from './lanes.js';

/** How many events one replica handles at once. */
const WIDTH = 16;
/** How often the broker is told that an event is still at work; well below the consumer's `ack_wait`. */
const WORKING_MS = 10_000;
const RETRY_MS = 1_000;
const DRAIN_MS = 10_000;

/** Hosts the app's durable consumer: takes its events from the stream and has them delivered. */
@Injectable()
export class EventConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lanes = new Lanes(WIDTH);
  private readonly held = new Set<JsMsg>();
  private readonly inFlight = new Set<Promise<void>>();
  private routes: ReadonlyMap<string, EventRoute> = new Map();
  private consumer?: Consumer;
  private messages?: ConsumerMessages;
  private problem?: string;
  private working?: NodeJS.Timeout;
  private stopping?: Promise<void>;

  constructor(
    private readonly link: BusConnection,
    private readonly busHealth: BusHealth,
    private readonly handlers: EventHandlers,
    private readonly delivery: EventDelivery,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { app } = this.link.options;
    this.routes = new Map(this.handlers.listened(app).map((route) => [route.event.name, route]));
    if (!this.routes.size) return;
    this.problem = `the consumer ${app} is not open yet`;
    this.busHealth.watch(() => (this.problem ? [this.problem] : []));
    this.shutdown.register('consumers', 'events', () => this.stop());
    this.followLag();
    this.working = setInterval(() => this.held.forEach((msg) => msg.working()), WORKING_MS).unref();
    this.link.whenUp(() => void this.consume());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Takes no more events and waits for those at work; what waits goes to another replica at once. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    await this.messages?.close();
    await Promise.race([Promise.all(this.inFlight), sleep(DRAIN_MS, undefined, { ref: false })]);
    clearInterval(this.working);
    if (this.link.up) await this.link.current.flush().catch(() => undefined);
  }

  private async consume(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.open();
        for await (const msg of this.messages!) this.take(msg);
      } catch (error) {
        this.note(error);
      }
      if (!this.stopping) await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  private async open(): Promise<void> {
    const { app } = this.link.options;
    const js = jetstream(this.link.current, { timeout: 3_000 });
    this.consumer = await js.consumers.get(EVENTS_STREAM, app);
    // The library asks for more as soon as messages arrive; what is held at most is the consumer's `max_ack_pending`.
    this.messages = await this.consumer.consume({ max_messages: 64, expires: 30_000, abort_on_missing_resource: true });
    if (this.stopping) return void this.messages.close();
    if (this.problem) this.log.info('taking events', { consumer: app, events: this.routes.size });
    this.problem = undefined;
  }

  private take(msg: JsMsg): void {
    if (this.stopping) return msg.nak();
    this.held.add(msg);
    const work = this.lanes.run(keyOf(msg), async () => {
      if (this.stopping) msg.nak();
      else await this.delivery.deliver(this.routes, msg);
      this.held.delete(msg);
    });
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  private note(error: unknown): void {
    if (this.stopping || !this.link.up) return;
    const { app } = this.link.options;
    const problem = `the consumer ${app} of stream ${EVENTS_STREAM} cannot be used: ${String(error)}`;
    const subject = `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${app}`;
    if (problem !== this.problem)
      this.log.error(`${problem}. Run the migration step; it makes the consumers.`, { subject });
    this.problem = problem;
  }

  private followLag(): void {
    const unacknowledged = this.metrics.gauge(
      'gatehouse_consumer_unacknowledged',
      'Events delivered and not settled yet',
    );
    this.metrics.gauge(
      'gatehouse_consumer_pending',
      'Events in the stream that wait for this app',
      [],
      async (gauge) => {
        if (!this.link.up) return;
        const info = await this.consumer?.info().catch(() => undefined);
        if (!info) return;
        gauge.set(info.num_pending);
        unacknowledged.set(info.num_ack_pending);
      },
    );
  }
}

const keyOf = (msg: JsMsg): string | undefined => msg.headers?.get('Gatehouse-Key') || undefined;
