import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { NoteSeen } from '#contracts';
import { Connections } from '../sockets/connections.js';
import { Gathering } from './gathering.js';

/** Well below the two minutes within which somebody seen is there: a report that is lost makes nobody flicker. */
const EVERY_MS = 40_000;
/** People in one message. */
export const PEOPLE = 5_000;
/** How soon identity is told again what it did not hear: it is away for a moment more often than for long. */
export const AGAIN_MS = 2_000;
/** Who arrives is told soon, and with the others who arrive: a deploy brings everybody at once. */
const ARRIVALS_MS = 500;
/** Somebody told this lately is not told again: reconnecting costs nothing. */
const LATELY_MS = 30_000;

/** Tells identity who has a connection open, many at once. */
@Injectable()
export class PresenceReports implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private readonly arrivals = new Gathering((people) => this.tell(people));
  private readonly untold = new Gathering((people) => this.tell(people));
  private readonly toldAt = new Map<string, number>();
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly connections: Connections,
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.report(), EVERY_MS).unref();
    this.connections.onArrival((userId) => this.note(userId));
    // Whom others told to be gone meanwhile was not heard here.
    this.bus.onReconnect(() => this.report());
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.arrivals.stop();
    this.untold.stop();
  }

  /** One report about everybody with a connection of their own; an agent that runs is not its person being there. */
  async report(): Promise<void> {
    this.toldAt.clear();
    await this.tell([...this.connections.people()]);
  }

  /** Identity takes these for gone: those who are here are told at once, the others when they come. */
  async gone(userIds: string[]): Promise<void> {
    for (const id of userIds) this.toldAt.delete(id);
    await this.tell(userIds);
  }

  /** Resolves when identity has answered what it was told until now, or did not in time. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Somebody who comes is in the list at once, and not with the next report (RT26). */
  private note(userId: string): void {
    if (Date.now() - (this.toldAt.get(userId) ?? 0) < LATELY_MS) return;
    this.arrivals.add([userId], ARRIVALS_MS);
  }

  /** Who of them has gone meanwhile is not told of: identity takes what it hears last for what is so. */
  private async tell(people: string[]): Promise<void> {
    for (let i = 0; i < people.length; i += PEOPLE) {
      const here = people.slice(i, i + PEOPLE).filter((id) => this.connections.isHere(id));
      if (!here.length) continue;
      const saying = this.say(here);
      this.underWay.add(saying);
      await saying.finally(() => this.underWay.delete(saying));
    }
  }

  private async say(user_ids: string[]): Promise<void> {
    const now = Date.now();
    for (const id of user_ids) this.toldAt.set(id, now);
    await this.bus.send(NoteSeen, { user_ids }).catch((error: unknown) => this.again(user_ids, error));
  }

  private again(people: string[], error: unknown): void {
    this.log.warn('identity did not hear who is there', { error });
    for (const id of people) this.toldAt.delete(id);
    this.untold.add(people, AGAIN_MS);
  }
}
