import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { JetStreamApiError, jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal, Unavailable } from '#contracts';
import { Bus } from '../commands/bus.js';

/** Milliseconds the broker's store may take; a limiter that waits longer would be the outage itself. */
const TIMEOUT_MS = 2_000;

/** How soon after the first connection its state is followed. */
const LOOK_EVERY_MS = 50;

/** JetStream: the entry has changed since it was read; the second one is said by replicated streams. */
const WRONG_LAST_SEQUENCE: readonly number[] = [10_071, 10_164];

/** A value with the revision that the next write has to name; revision 0: there is none yet. */
export interface Versioned {
  value?: string;
  revision: number;
}

/**
 * Key-value buckets of the broker with compare-and-set. They are on disk and shared by all replicas; the migration
 * step makes them. While the broker is away every call is refused at once.
 */
@Injectable()
export class SharedStore implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly buckets = new Map<string, Promise<KV>>();
  private readonly underWay = new Set<(reason: Error) => void>();
  private watched?: NatsConnection;
  private connected = true;
  private looking?: NodeJS.Timeout;

  constructor(private readonly bus: Bus) {}

  /** Follows the connection from its first moment: a loss before the first use has to be known, too. */
  onApplicationBootstrap(): void {
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.look();
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  /** @throws Refusal `unavailable` */
  async read(bucket: string, key: string): Promise<Versioned> {
    const kv = await this.open(bucket);
    const entry = await this.whileUp(kv.get(key)).catch(unavailable);
    if (!entry) return { revision: 0 };
    return entry.operation === 'PUT'
      ? { value: entry.string(), revision: entry.revision }
      : { revision: entry.revision };
  }

  /**
   * Writes unless somebody else has written since.
   * @returns the new revision, or undefined when another write was faster
   * @throws Refusal `unavailable`
   */
  async write(bucket: string, key: string, value: string, revision: number): Promise<number | undefined> {
    const kv = await this.open(bucket);
    try {
      return await this.whileUp(kv.put(key, value, { previousSeq: revision }));
    } catch (error) {
      if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) return undefined;
      return unavailable();
    }
  }

  /** Whether `key` was free and is taken now. */
  async take(bucket: string, key: string): Promise<boolean> {
    return (await this.write(bucket, key, '1', 0)) !== undefined;
  }

  private async open(bucket: string): Promise<KV> {
    const connection = this.bus.connection;
    this.follow(connection);
    if (!this.connected) throw Unavailable.with();
    let kv = this.buckets.get(bucket);
    if (!kv) {
      const js = jetstream(connection, { timeout: TIMEOUT_MS, checkAPI: false });
      // Bound, not looked up: its owner may read and write entries and nothing else.
      kv = new Kvm(js).open(bucket, { allow_direct: true });
      this.buckets.set(bucket, kv);
    }
    return kv;
  }

  /** What is under way when the connection is lost fails at once; its answer cannot come any more. */
  private whileUp<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.underWay.add(reject);
      work.then(resolve, reject).finally(() => this.underWay.delete(reject));
    });
  }

  private lose(): void {
    this.connected = false;
    for (const giveUp of this.underWay) giveUp(Unavailable.with());
  }

  private look(): void {
    try {
      this.follow(this.bus.connection);
      clearInterval(this.looking);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  private follow(connection: NatsConnection): void {
    if (connection === this.watched) return;
    this.watched = connection;
    this.buckets.clear();
    this.connected = true;
    void (async () => {
      for await (const status of connection.status()) {
        if (this.watched !== connection) return;
        if (status.type === 'disconnect' || status.type === 'staleConnection') this.lose();
        if (status.type === 'reconnect') this.connected = true;
      }
      if (this.watched === connection) this.lose();
    })();
  }
}

const unavailable = (): never => {
  throw Unavailable.with();
};
