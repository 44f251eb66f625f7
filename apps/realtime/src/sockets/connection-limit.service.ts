import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Bus, inboxPrefix } from '#bus';
import { channelName } from '../fanout/event-class.rules.js';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, type Connection } from './connection.js';

/** With so few here the other replicas are not asked: an ordinary person's tabs cost nothing. */
const NOT_WORTH_ASKING = 4;
const ANSWERS_MS = 500;

/** Closes what one person opens beyond their share, counted over all replicas. */
@Injectable()
export class ConnectionLimit {
  private readonly prefix = `${inboxPrefix('realtime')}.${randomBytes(9).toString('hex')}.realtime.`;
  private next = 0;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly bus: Bus,
  ) {}

  /** @param here how many connections the person has on this replica, the new one among them */
  async check(connection: Connection, here: number): Promise<void> {
    const limit = this.config.connectionsPerUser;
    const isTooMany = here > limit || (here > NOT_WORTH_ASKING && (await this.everywhere(connection)) > limit);
    if (isTooMany) connection.close(CLOSE.policy, 'too many connections');
  }

  /**
   * Asks on the person's own channel, where every replica that has one of their connections answers how many. Without
   * the broker nobody answers; then each replica counts for itself.
   */
  private async everywhere({ owner }: Connection): Promise<number> {
    let sum = 0;
    try {
      const reply = this.prefix + (this.next++).toString(36);
      const { connection } = this.bus;
      const answers = connection.subscribe(reply, {
        callback: (error, msg) => {
          if (!error && !msg.headers?.code) sum += Number(msg.string());
        },
      });
      connection.publish(`rtl.${channelName('user', owner.userId)}`, '0', { reply });
      await sleep(ANSWERS_MS, undefined, { ref: false });
      answers.unsubscribe();
    } catch {
      // The connection to the broker is not up.
    }
    return sum;
  }
}
