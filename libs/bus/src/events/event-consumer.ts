import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { jetstream, type Consumer, type ConsumerMessages } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/transport-node';
import { Log, Metrics } from '#boot';
import { EVENTS_STREAM } from '../broker/streams.js';
import { BusConnection } from '../connection/bus-connection.js';
import { BusHealth } from '../connection/bus-health.js';
import { EventWork } from './event-work.js';

const RETRY_MS = 1_000;
/** A request for events that got lost is found out after this, and so is a consumer that moved to another server. */
const EXPIRES_MS = 5_000;
/** A broker that stands still confirms nothing. */
const DRAIN_MS = 2_000;

/** The library ends its iterator when its subscription is drained, and has no name for that. */
type Drained = ConsumerMessages & { sub: Subscription };

/** Hosts the app's durable consumer: takes its events from the stream and has them handled. */
@Injectable()
export class EventConsumer implements OnApplicationBootstrap {
  private consumer?: Consumer;
  private messages?: ConsumerMessages;
  private problem?: string;
  private stopping?: Promise<void>;

  constructor(
    private readonly link: BusConnection,
    private readonly busHealth: BusHealth,
    private readonly work: EventWork,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { app } = this.link.options;
    if (!this.work.prepare(app)) return;
    this.problem = `the consumer ${app} is not open yet`;
    this.busHealth.watch(() => (this.problem ? [this.problem] : []));
    this.followLag();
    // By itself the library asks again after a whole `expires` when JetStream is not there as soon as the connection is.
    this.link.onReconnect(() => this.leave());
    this.link.whenUp(() => void this.consume());
  }

  /** Takes no more events and waits for those at work. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    await this.leave();
    await this.work.finish();
    await this.link.flush();
  }

  /**
   * Asks for no more events and takes those that are on their way: one that met nobody here would wait for the
   * consumer's `ack_wait` before anybody gets it.
   */
  private async leave(): Promise<void> {
    const messages = this.messages as Drained | undefined;
    this.messages = undefined;
    if (!messages) return;
    const patience = sleep(DRAIN_MS, undefined, { ref: false });
    if (this.link.up) await Promise.race([messages.sub.drain().catch(() => undefined), patience]);
    await messages.close();
  }

  private async consume(): Promise<void> {
    while (!this.stopping) {
      try {
        const messages = await this.open();
        for await (const msg of messages) this.work.take(msg);
        if (!this.messages) continue;
      } catch (error) {
        this.note(error);
      }
      if (!this.stopping) await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  private async open(): Promise<ConsumerMessages> {
    const { app } = this.link.options;
    const js = jetstream(this.link.current, { timeout: 3_000 });
    this.consumer = await js.consumers.get(EVENTS_STREAM, app);
    // The library asks for more as soon as messages arrive; what is held at most is the consumer's `max_ack_pending`.
    const messages = await this.consumer.consume({
      max_messages: 64,
      expires: EXPIRES_MS,
      abort_on_missing_resource: true,
    });
    this.messages = messages;
    if (this.stopping) await this.leave();
    if (this.problem) this.log.info('taking events', { consumer: app });
    this.problem = undefined;
    return messages;
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
    const unsettled = this.metrics.gauge('gatehouse_consumer_unsettled', 'Events delivered and not settled yet');
    this.metrics.gauge(
      'gatehouse_consumer_pending',
      'Events in the stream that wait for this app',
      [],
      async (gauge) => {
        if (!this.link.up) return;
        const info = await this.consumer?.info().catch(() => undefined);
        if (!info) return;
        gauge.set(info.num_pending);
        unsettled.set(info.num_ack_pending);
      },
    );
  }
}
