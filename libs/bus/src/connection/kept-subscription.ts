import { setTimeout as sleep } from 'node:timers/promises';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Log } from '#boot';
import type { BusConnection } from './bus-connection.js';

const RETRY_MS = 2_000;
/** A broker that stands still confirms nothing. */
const DRAIN_MS = 2_000;

export interface KeptSubscriptionOptions {
  subject: string;
  queue?: string;
  handle: (msg: Msg) => void;
}

/**
 * A subscription that is wanted for as long as the app runs. The client library keeps it over reconnections; one that
 * the broker refuses is tried again here, so that a mended policy heals without a restart.
 */
export class KeptSubscription {
  /** Why it does not stand, if it does not. */
  problem?: string = 'not subscribed yet';
  private sub?: Subscription;
  private stopped = false;
  private retry?: NodeJS.Timeout;

  constructor(
    private readonly link: BusConnection,
    private readonly log: Log,
    private readonly options: KeptSubscriptionOptions,
  ) {
    link.whenUp((nc) => void this.open(nc));
  }

  /** Takes no further messages; resolves when those that the broker had sent already are handed over. */
  async drain(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { sub } = this;
    if (!sub || sub.isClosed()) return;
    // Without a connection nothing more can come, and the drain would wait for one.
    const patience = sleep(DRAIN_MS, undefined, { ref: false });
    if (this.link.up) await Promise.race([sub.drain().catch(() => undefined), patience]);
    else sub.unsubscribe();
  }

  private async open(nc: NatsConnection): Promise<void> {
    if (this.stopped || nc.isClosed()) return;
    const { subject, queue, handle } = this.options;
    let refused = false;
    const callback = (error: Error | null, msg: Msg): void => {
      if (!error) return this.pass(msg, handle);
      refused = true;
      this.refuse(nc);
    };
    this.sub = nc.subscribe(subject, { queue, callback });
    try {
      await nc.flush();
      if (!refused) this.problem = undefined;
    } catch {
      // The connection is being lost; it subscribes again by itself when it is back.
      if (!nc.isClosed() && !refused) this.problem = undefined;
    }
  }

  /** What throws here would end the connection's reader, and with it everything; malformed headers throw when read. */
  private pass(msg: Msg, handle: (msg: Msg) => void): void {
    try {
      handle(msg);
    } catch (error) {
      this.log.warn('a message on the bus could not be read', { subject: this.options.subject, error });
    }
  }

  private refuse(nc: NatsConnection): void {
    const { subject, queue } = this.options;
    const grant = queue ? `${subject} ${queue}` : subject;
    if (!this.problem?.startsWith('refused')) {
      this.log.error(`the broker refuses the subscription to ${grant}: mend its policy and reload it`, {
        subject: grant,
      });
    }
    this.problem = `refused: ${grant}`;
    this.retry = setTimeout(() => void this.open(nc), RETRY_MS).unref();
  }
}
