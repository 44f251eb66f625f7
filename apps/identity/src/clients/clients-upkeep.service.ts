import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Bus, CatchUp } from '#bus';
import { Clients } from './clients.service.js';

/** News of a change may be lost with the connection that brings it, or come before anybody listens. */
const EVERY_MS = 60_000;

/** Keeps the policies by which this replica goes as they are stored. */
@Injectable()
export class ClientsUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly reading: CatchUp;
  private timer?: NodeJS.Timeout;

  constructor(
    clients: Clients,
    private readonly bus: Bus,
    log: Log,
  ) {
    const tell = (error: unknown) => log.warn('client policies cannot be read again; trying on', { error });
    this.reading = new CatchUp(() => clients.reload(), tell);
  }

  onApplicationBootstrap(): void {
    this.bus.onReconnect(() => this.follow());
    this.timer = setInterval(() => void this.follow(), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    this.reading.stop();
  }

  /** A policy has changed. Resolves when it is known here. */
  follow(): Promise<void> {
    return this.reading.again();
  }
}
