import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { NatsConnection, PermissionViolationError, Status } from '@nats-io/transport-node';
import { Log } from '#boot';
import { Unavailable } from '#contracts';
import { BUS_OPTIONS, type BusOptions } from './bus-options.js';
import { connectAs } from './connect-as.js';

/** How long the start waits for the broker before it goes on without. */
const PATIENCE_MS = 1_000;
const RETRY_MS = 250;
const FLUSH_MS = 2_000;

/** Never gives up: an outage of any length ends without a restart. A try that hangs is soon another one. */
const LASTING = {
  timeout: 3_000,
  maxReconnectAttempts: -1,
  reconnectTimeWait: RETRY_MS,
  reconnectJitter: RETRY_MS,
  ignoreAuthErrorAbort: true,
  pingInterval: 20_000,
};

type Listener = () => void | Promise<void>;

/** The app's one connection to the broker, and what is known of its state. */
@Injectable()
export class BusConnection implements OnModuleInit {
  private nc?: NatsConnection;
  private connected = false;
  private closing?: Promise<void>;
  private readonly firstUp: ((nc: NatsConnection) => void)[] = [];
  private readonly reconnected: Listener[] = [];
  private readonly lost: (() => void)[] = [];
  private readonly refused: ((violation: PermissionViolationError) => void)[] = [];

  constructor(
    @Inject(BUS_OPTIONS) readonly options: BusOptions,
    private readonly log: Log,
  ) {}

  /** Whether the broker can be talked to right now. */
  get up(): boolean {
    return this.connected;
  }

  /** The connection. @throws Refusal `unavailable` before the first one is up. */
  get current(): NatsConnection {
    if (!this.nc) throw Unavailable.with({ detail: 'The bus cannot be reached.', retry_after: 1 });
    return this.nc;
  }

  /** Calls `fn` as soon as there is a connection: now, or when the first one is up. It outlives reconnections. */
  whenUp(fn: (nc: NatsConnection) => void): void {
    if (this.nc) fn(this.nc);
    else this.firstUp.push(fn);
  }

  /** Calls `fn` after every reconnection, when the subscriptions are back. */
  onReconnect(fn: Listener): void {
    this.reconnected.push(fn);
  }

  /** Calls `fn` whenever the connection is lost. */
  onLost(fn: () => void): void {
    this.lost.push(fn);
  }

  /** Calls `fn` whenever the broker refuses a publish or a subscription. */
  onRefused(fn: (violation: PermissionViolationError) => void): void {
    this.refused.push(fn);
  }

  async onModuleInit(): Promise<void> {
    const first = this.connect();
    await Promise.race([first, sleep(PATIENCE_MS, undefined, { ref: false })]);
  }

  /** Resolves when the broker has all that was sent so far, or cannot be reached. */
  async flush(): Promise<void> {
    if (!this.connected) return;
    await Promise.race([this.current.flush().catch(() => undefined), sleep(FLUSH_MS, undefined, { ref: false })]);
  }

  /** Sends what is still buffered and ends the connection. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    const nc = this.nc;
    if (!nc || nc.isClosed()) return;
    await this.flush();
    this.connected = false;
    await nc.close();
  }

  private async connect(): Promise<void> {
    const { app, url } = this.options;
    for (let attempt = 0; !this.closing; attempt++) {
      try {
        return this.take(await connectAs(app, this.options, LASTING));
      } catch (error) {
        if (attempt % 20 === 0)
          this.log.warn('the broker cannot be reached; trying on', { broker: hostsOf(url), error });
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private take(nc: NatsConnection): void {
    this.nc = nc;
    if (this.closing) return void nc.close();
    this.connected = true;
    void this.follow(nc);
    for (const fn of this.firstUp.splice(0)) fn(nc);
  }

  private async follow(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) this.note(status);
  }

  private note(status: Status): void {
    if (status.type === 'disconnect') {
      this.connected = false;
      this.log.warn('the broker is away', { broker: status.server });
      for (const fn of this.lost) fn();
    } else if (status.type === 'reconnect') {
      this.connected = true;
      this.log.info('the broker is back', { broker: status.server });
      for (const fn of this.reconnected) void this.call(fn);
    } else if (status.type === 'error' && 'operation' in status.error) {
      const violation = status.error as PermissionViolationError;
      for (const fn of this.refused) fn(violation);
    }
  }

  private async call(fn: Listener): Promise<void> {
    try {
      await fn();
    } catch (error) {
      this.log.error('what follows a reconnection failed', { error });
    }
  }
}

const hostsOf = (url: string): string => url.replaceAll(/[^,/@]*@/g, '');
