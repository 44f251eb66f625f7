import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { NoteSeen } from '#contracts';
import { Connections } from './connections.js';

/** Well below the two minutes within which somebody seen is there: a report that is lost makes nobody flicker. */
const EVERY_MS = 40_000;
const BATCH = 5_000;
/** Who arrives is told soon, and with the others who arrive: a deploy brings everybody at once. */
const ARRIVALS_MS = 500;
/** Somebody told this lately is not told again: reconnecting costs nothing. */
const LATELY_MS = 30_000;

/** Tells identity who has a connection open, many at once. */
@Injectable()
export class PresenceReports implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private arrivals?: NodeJS.Timeout;
  private readonly arrived = new Set<string>();
  private readonly toldAt = new Map<string, number>();

  constructor(
    private readonly connections: Connections,
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.report(), EVERY_MS).unref();
    this.connections.onArrival((userId) => this.note(userId));
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    clearTimeout(this.arrivals);
  }

  /** One report about everybody with a connection of their own; an agent that runs is not its person being there. */
  async report(): Promise<void> {
    const people = new Set<string>();
    for (const { owner } of this.connections.all()) if (!owner.agent) people.add(owner.userId);
    this.toldAt.clear();
    await this.tell([...people]);
  }

  /** Somebody who comes is in the list at once, and not with the next report (RT26). */
  private note(userId: string): void {
    if (Date.now() - (this.toldAt.get(userId) ?? 0) < LATELY_MS) return;
    this.arrived.add(userId);
    this.arrivals ??= setTimeout(() => {
      this.arrivals = undefined;
      const people = [...this.arrived];
      this.arrived.clear();
      void this.tell(people);
    }, ARRIVALS_MS).unref();
  }

  private async tell(user_ids: string[]): Promise<void> {
    const now = Date.now();
    for (const id of user_ids) this.toldAt.set(id, now);
    for (let i = 0; i < user_ids.length; i += BATCH) {
      await this.bus.send(NoteSeen, { user_ids: user_ids.slice(i, i + BATCH) }).catch((error: unknown) => {
        this.log.warn('identity did not hear who is there', { error });
      });
    }
  }
}
