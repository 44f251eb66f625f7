import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { Log, Metrics } from '#boot';
import { Outbox, OutboxRepository, PRIVATE_HEADER, type StoredOutboxRow } from '#persistence';
import { BusConnection } from '../connection/bus-connection.js';

const BATCH = 200;
/** Rows that a crashed replica left, or another one's commit while this one looked elsewhere. */
const POLL_MS = 1_000;
/** After a commit whose row was not there to take: another replica holds the outbox and may have read before it. */
const RESTLESS_MS = 50;
/**
 * Commits of a busy moment are taken together: a claim costs four round trips, however many rows it gets. The first
 * event after a quiet moment goes at once.
 */
const GATHER_MS = 20;
/** While the stream takes nothing. */
const BACKOFF_MS = 1_000;
/** Below the time that persistence lets a transaction idle. */
const PUBLISH_MS = 4_000;
/** Nothing of a batch is begun after this: with the longest publish still below that time, however slow the stream is. */
const BEGIN_MS = 4_000;

/**
 * Takes the outbox to the stream. A row is deleted only after the stream has acknowledged it; a crash in between
 * publishes it again under the same id, and the stream drops the copy.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap {
  private js?: JetStreamClient;
  private stopped = false;
  private woken = false;
  private wakeUp?: () => void;
  private stopWaking?: () => void;
  private running?: Promise<void>;
  private troubled = false;

  constructor(
    private readonly link: BusConnection,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Optional() private readonly outbox?: Outbox,
    @Optional() private readonly rows?: OutboxRepository,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.outbox || !this.rows) return;
    this.stopWaking = this.outbox.onWake(() => this.wake());
    this.link.onReconnect(() => this.wake());
    this.link.whenUp((nc) => {
      this.js = jetstream(nc, { timeout: PUBLISH_MS });
      this.running = this.work(this.rows!);
    });
  }

  /** Ends after the batch in hand; what is left is published at the next start, or by another replica now. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopWaking?.();
    this.wake();
    await this.running;
  }

  private wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  private async work(rows: OutboxRepository): Promise<void> {
    let restless = 0;
    while (!this.stopped) {
      if (this.woken) restless = 3;
      this.woken = false;
      const claimed = await this.relay(rows);
      if (claimed === 'failed') await sleep(BACKOFF_MS, undefined, { ref: false });
      else if (claimed >= BATCH) continue;
      else if (claimed > 0) restless = 0;
      await this.pause(restless-- > 0 ? RESTLESS_MS : POLL_MS);
    }
  }

  private async pause(ms: number): Promise<void> {
    if (!this.woken) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wakeUp = resolve;
        timer = setTimeout(resolve, ms).unref();
      });
      clearTimeout(timer);
      this.wakeUp = undefined;
    } else if (!this.stopped) {
      await sleep(GATHER_MS);
    }
  }

  /** @returns {@link BATCH} when more is waiting */
  private async relay(rows: OutboxRepository): Promise<number | 'failed'> {
    if (!this.link.up) return 0;
    let failure: unknown;
    let left = 0;
    try {
      const claimed = await rows.claim(BATCH, async (batch) => {
        const { published, error } = await this.publish(batch);
        failure = error;
        left = batch.length - published.length;
        return published;
      });
      this.tell(failure);
      if (failure) return 'failed';
      return left ? BATCH : claimed;
    } catch (error) {
      this.tell(error);
      return 'failed';
    }
  }

  /** Events of one key, and those without a key of one name, go one after another; the rest side by side. */
  private async publish(batch: StoredOutboxRow[]): Promise<{ published: string[]; error?: unknown }> {
    const chains = new Map<string, StoredOutboxRow[]>();
    for (const row of batch) {
      const chain = row.key ?? row.event;
      if (!chains.get(chain)?.push(row)) chains.set(chain, [row]);
    }
    const published: string[] = [];
    const until = performance.now() + BEGIN_MS;
    let error: unknown;
    const follow = async (chain: StoredOutboxRow[]): Promise<void> => {
      for (const row of chain) {
        if (performance.now() > until) return;
        await this.publishOne(row);
        published.push(row.id);
      }
    };
    await Promise.all([...chains.values()].map((chain) => follow(chain).catch((e: unknown) => (error = e))));
    return { published, error };
  }

  private async publishOne({ id, event, key, data, headers: own }: StoredOutboxRow): Promise<void> {
    const head = headers();
    for (const [name, value] of Object.entries(own)) if (!name.startsWith(PRIVATE_HEADER)) head.set(name, value);
    if (key) head.set('Gatehouse-Key', key);
    await this.js!.publish(`evt.${event}`, JSON.stringify(data), { msgID: id, headers: head });
    this.metrics.counter('gatehouse_events_published_total', 'Events taken to the stream', ['event']).inc({ event });
  }

  private tell(failure: unknown): void {
    if (failure && !this.troubled)
      this.log.error('events cannot be published; they stay in the outbox', { error: failure });
    if (!failure && this.troubled) this.log.info('events are published again');
    this.troubled = failure !== undefined;
  }
}
