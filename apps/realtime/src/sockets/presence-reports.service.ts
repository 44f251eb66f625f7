import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { NoteSeen } from '#contracts';
import { Connections } from './connections.js';

/** Well below the two minutes within which somebody seen is there: a report that is lost makes nobody flicker. */
const EVERY_MS = 40_000;
const BATCH = 5_000;

/** Tells identity who has a connection open, many at once. */
@Injectable()
export class PresenceReports implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly connections: Connections,
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.report(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** One report about everybody with a connection of their own; an agent that runs is not its person being there. */
  async report(): Promise<void> {
    const people = new Set<string>();
    for (const { owner } of this.connections.all()) if (!owner.agent) people.add(owner.userId);
    const user_ids = [...people];
    for (let i = 0; i < user_ids.length; i += BATCH) {
      await this.bus.send(NoteSeen, { user_ids: user_ids.slice(i, i + BATCH) }).catch((error: unknown) => {
        this.log.warn('identity did not hear who is there', { error });
      });
    }
  }
}
