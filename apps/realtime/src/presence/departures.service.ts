import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { NoteLeft } from '#contracts';
import { hearReplicas } from '../sockets/between-replicas.js';
import { CLOSE } from '../sockets/connection.js';
import { Connections } from '../sockets/connections.js';
import { SocketsDrain } from '../sockets/sockets-drain.service.js';
import { Gathering } from './gathering.js';
import { AGAIN_MS, PEOPLE, PresenceReports } from './presence-reports.service.js';

/** Those who leave are told together. */
const GATHER_MS = 500;
/** How long a replica that stops tries to tell who left it just before, and how soon again. */
const LAST_WORDS_MS = 2_000;
const LAST_WORDS_AGAIN_MS = 250;
/** Every replica hears here whom another one has told to be gone. */
const SUBJECT = 'rtl.departures';
/** A client's own goodbye, with or without a code as a stream's is, and a sign-out. Whoever was cut off or sent away may be about to come back. */
const GOODBYES: ReadonlySet<number> = new Set([1000, 1001, 1005, CLOSE.revoked]);
/** Applications have codes of their own from here on. */
const OWN_CODES = 3_000;
const isGoodbye = (code: number): boolean => GOODBYES.has(code) || (code >= OWN_CODES && code !== CLOSE.expired);

/**
 * Tells identity who closed their last connection here. Whether they have another one elsewhere nobody needs to know
 * beforehand: identity lets them be there for some seconds more, in which whoever has them objects (RT26).
 */
@Injectable()
export class Departures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly leaving = new Gathering((people) => this.tell(people));

  constructor(
    private readonly connections: Connections,
    private readonly reports: PresenceReports,
    private readonly drain: SocketsDrain,
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.connections.onDeparture((userId, code) => this.note(userId, code));
    this.drain.onEmpty(() => this.sayLastWords());
    hearReplicas<string[]>(this.bus, SUBJECT, (people) => void this.reports.gone(people));
  }

  onApplicationShutdown(): void {
    this.leaving.stop();
  }

  /** A replica that stops sends its clients to another one: they close what they have here, and do not leave. */
  private note(userId: string, code: number): void {
    if (this.drain.begun || !isGoodbye(code)) return;
    this.leaving.add([userId], GATHER_MS);
  }

  private async tell(people: string[]): Promise<void> {
    // Of what is said of somebody identity takes what it hears last for what is so.
    await this.reports.settled();
    for (let i = 0; i < people.length; i += PEOPLE) {
      const user_ids = people.slice(i, i + PEOPLE).filter((id) => !this.connections.isHere(id));
      if (user_ids.length) await this.say(user_ids);
    }
  }

  private async say(user_ids: string[]): Promise<void> {
    try {
      await this.bus.send(NoteLeft, { user_ids });
      // Whoever has them elsewhere objects to this, so both may be said again, and late.
      this.bus.connection.publish(SUBJECT, JSON.stringify(user_ids));
    } catch (error) {
      this.log.warn('identity did not hear who left', { error });
      this.leaving.add(user_ids, AGAIN_MS);
    }
  }

  /** Of who left here nobody else knows. */
  private async sayLastWords(): Promise<void> {
    const over = sleep(LAST_WORDS_MS, 'late', { ref: false });
    while (this.leaving.isBusy) {
      if ((await Promise.race([this.leaving.flush(), over])) === 'late') return;
      if (this.leaving.isBusy) await sleep(LAST_WORDS_AGAIN_MS, undefined, { ref: false });
    }
  }
}
