import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { Bus, inboxPrefix } from '#bus';
import { afterPatience } from '../fanout/patience.js';

/** How long replicas may take whose broker has said that somebody is there: longer than one stands still now and then. */
const ANSWER_MS = 2_500;
/** How long the others may take after one has said that it has nobody. */
const OTHERS_MS = 30;

/**
 * Asks the replicas, on the very subject by which they hear a channel, whether an open connection was given a frame.
 * Where nobody listens the broker says so at once, so an absent person costs no waiting.
 */
@Injectable()
export class Receivers {
  private readonly prefix = `${inboxPrefix('realtime')}.${randomBytes(9).toString('hex')}.realtime.`;
  private next = 0;

  constructor(private readonly bus: Bus) {}

  /**
   * @param channel as `channelOf` names it
   * @param seq the frame's place in the stream
   * @returns false also when nobody answers in time: what is not known is not claimed
   */
  async has(channel: string, seq: number): Promise<boolean> {
    try {
      return await this.ask(this.bus.connection, channel, seq);
    } catch {
      return false;
    }
  }

  private ask(nc: NatsConnection, channel: string, seq: number): Promise<boolean> {
    const reply = this.prefix + (this.next++).toString(36);
    return new Promise((resolve) => {
      let callOff = afterPatience(ANSWER_MS, () => end(false));
      const end = (found: boolean): void => {
        callOff();
        subscription.unsubscribe();
        resolve(found);
      };
      const callback = (error: Error | null, msg: Msg): void => {
        if (error || msg.headers?.code === NO_RESPONDERS) return end(false);
        if (Number(msg.string()) > 0) return end(true);
        callOff();
        callOff = afterPatience(OTHERS_MS, () => end(false));
      };
      const subscription = nc.subscribe(reply, { callback });
      nc.publish(`rtl.${channel}`, String(seq), { reply });
    });
  }
}

const NO_RESPONDERS = 503;
