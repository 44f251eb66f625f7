import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { Bus, inboxPrefix } from '#bus';
import { whoIsBefore } from '../fanout/asks.js';
import { channelName } from '../fanout/event-class.rules.js';
import { afterPatience } from '../fanout/patience.js';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, type Connection } from './connection.js';
import { Ranks } from './ranks.js';

/** Times its share that one person may have here for the moment in which it is counted; a flood is not. */
const FLOOD = 2;
/** After this whoever opened at the same moment elsewhere is there, though clocks differ, and whoever was leaving has left. */
const SAME_MOMENT_MS = 250;
/** Longer than a replica stands still now and then: what it would have said later would not count. */
const ANSWERS_MS = 2_500;

/** The rank of whoever there was no room for: after all others. */
const OUT = '~';

/**
 * Closes what one person opens beyond their share, counted over all replicas. Of those that open at one moment the first
 * ones stay: each counts those before it only, or all would go where there is room for some.
 */
@Injectable()
export class ConnectionLimit {
  private readonly prefix = `${inboxPrefix('realtime')}.${randomBytes(9).toString('hex')}.realtime.`;
  /** Of those about whom it is not known yet whether there is room for them. */
  private readonly ranks = new Ranks();
  /** What was answered to the questions that are open. */
  private readonly answers = new Map<string, number[]>();
  private subscription?: Subscription;
  private next = 0;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly bus: Bus,
  ) {}

  /** @param here how many connections the person has on this replica, the new one among them */
  async check(connection: Connection, here: number): Promise<void> {
    const limit = this.config.connectionsPerUser;
    const { outbox } = connection;
    outbox.rank = this.ranks.next();
    const isTooMany = here > FLOOD * limit || ((await this.before(connection)) ?? here - 1) >= limit;
    outbox.rank = isTooMany ? OUT : '';
    if (isTooMany) connection.close(CLOSE.policy, 'too many connections');
  }

  /**
   * Asks on the person's own channel, where every replica that has one of their connections answers how many of them come
   * before this one. However few they are here, others may have the rest, so each connection is asked about.
   * @returns nothing when nobody answers: without the broker each replica counts for itself
   */
  private async before({ owner, outbox }: Connection): Promise<number | undefined> {
    await patience(SAME_MOMENT_MS);
    const reply = this.prefix + (this.next++).toString(36);
    const answers: number[] = [];
    this.answers.set(reply, answers);
    try {
      this.subscription ??= this.listen();
      this.bus.connection.publish(`rtl.${channelName('user', owner.userId)}`, whoIsBefore(outbox.rank), { reply });
      await patience(ANSWERS_MS);
    } catch {
      // The connection to the broker is not up.
    }
    this.answers.delete(reply);
    return answers.length ? answers.reduce((sum, count) => sum + count) : undefined;
  }

  private listen(): Subscription {
    return this.bus.connection.subscribe(`${this.prefix}*`, {
      callback: (error, msg) => {
        if (!error && !msg.headers?.code) this.answers.get(msg.subject)?.push(Number(msg.string()));
      },
    });
  }
}

const patience = (ms: number): Promise<void> => new Promise((resolve) => afterPatience(ms, resolve));
