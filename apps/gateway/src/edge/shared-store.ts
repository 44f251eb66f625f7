import { Injectable } from '@nestjs/common';
import { JetStreamApiError, jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { Bus } from '#bus';
import { Unavailable } from '#contracts';

/** Milliseconds the broker's store may take; a limiter that waits longer would be the outage itself. */
const TIMEOUT_MS = 2_000;

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
export class SharedStore {
  private readonly buckets = new Map<string, Promise<KV>>();
  private watched?: NatsConnection;
  private connected = true;

  constructor(private readonly bus: Bus) {}

  /** @throws Refusal `unavailable` */
  async read(bucket: string, key: string): Promise<Versioned> {
    const kv = await this.open(bucket);
    const entry = await kv.get(key).catch(unavailable);
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
      return await kv.put(key, value, { previousSeq: revision });
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
    if (connection !== this.watched) this.follow(connection);
    if (!this.connected) throw Unavailable.with();
    let kv = this.buckets.get(bucket);
    if (!kv) {
      const js = jetstream(connection, { timeout: TIMEOUT_MS, checkAPI: false });
      // Bound, not looked up: the gateway may read and write entries and nothing else.
      kv = new Kvm(js).open(bucket, { allow_direct: true });
      this.buckets.set(bucket, kv);
    }
    return kv;
  }

  private follow(connection: NatsConnection): void {
    this.watched = connection;
    this.buckets.clear();
    this.connected = true;
    void (async () => {
      for await (const status of connection.status()) {
        if (this.watched !== connection) return;
        if (status.type === 'disconnect' || status.type === 'staleConnection') this.connected = false;
        if (status.type === 'reconnect') this.connected = true;
      }
      if (this.watched === connection) this.connected = false;
    })();
  }
}

const unavailable = (): never => {
  throw Unavailable.with();
};
