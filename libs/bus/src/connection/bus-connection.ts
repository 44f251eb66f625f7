import { readFileSync } from 'node:fs';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { Unavailable } from '#contracts';
import { BUS_OPTIONS, type BusOptions } from './bus-options.js';
import { inboxPrefix } from './inbox.js';

/** The app's one connection to the broker. */
@Injectable()
export class BusConnection implements OnApplicationBootstrap {
  private nc?: NatsConnection;

  constructor(@Inject(BUS_OPTIONS) readonly options: BusOptions) {}

  /** The connection. @throws Refusal `unavailable` before the first one is up. */
  get current(): NatsConnection {
    if (!this.nc) throw Unavailable.with();
    return this.nc;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.nc = await connect({
      servers: this.options.url.split(','),
      name: this.options.app,
      authenticator: nkeyAuthenticator(readFileSync(this.options.seedFile)),
      inboxPrefix: inboxPrefix(this.options.app),
      noAsyncTraces: true,
      maxReconnectAttempts: -1,
      pingInterval: 20_000,
      waitOnFirstConnect: true,
    });
  }
}
