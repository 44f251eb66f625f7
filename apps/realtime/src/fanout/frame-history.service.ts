import { Injectable } from '@nestjs/common';
import { Empty, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Metrics } from '#boot';
import { Bus, REALTIME_STREAM } from '#bus';
import { Entry } from './entry.js';

/** As many frames of one channel as the stream keeps. */
export const CHANNEL_DEPTH = 1_024;

const TIMEOUT_MS = 3_000;
const DIRECT_GET = `$JS.API.DIRECT.GET.${REALTIME_STREAM}`;
/** The first nats-server that answers several messages to one question. */
const BATCHES_SINCE = [2, 11];

/** The stream of frames, read without a consumer: one question, and the broker tells what it keeps. */
@Injectable()
export class FrameHistory {
  private readonly times;

  constructor(
    private readonly bus: Bus,
    metrics: Metrics,
  ) {
    this.times = metrics.histogram(
      'gatehouse_realtime_history_seconds',
      'Reading a channel’s history from the stream.',
    );
  }

  /** Place of the newest frame of a channel; 0 when it has none. @throws when the broker does not answer */
  async lastSeq(channel: string): Promise<number> {
    const answer = await this.nc.request(`${DIRECT_GET}.rtm.${channel}`, Empty, { timeout: TIMEOUT_MS });
    if (isNone(answer)) return 0;
    return Number(refuseStatus(answer).headers?.get('Nats-Sequence') || 0);
  }

  /**
   * A channel's frames after a place, in order.
   * @throws when the broker does not answer, or not to the end
   */
  async after(channel: string, seq: number): Promise<Entry[]> {
    const { nc } = this;
    const took = this.times.startTimer();
    const found = batches(nc) ? await this.batch(channel, seq) : await this.oneByOne(channel, seq);
    took();
    return found.flatMap((msg) => Entry.from(msg.headers, msg.data) ?? []);
  }

  /** Which life of the stream this is: places of another one mean nothing. */
  async epoch(): Promise<string> {
    const answer = await this.nc.request(`$JS.API.STREAM.INFO.${REALTIME_STREAM}`, Empty, { timeout: TIMEOUT_MS });
    const { created } = answer.json<{ created?: string }>();
    if (!created) throw new Error('the stream of frames is missing');
    return created;
  }

  private get nc(): NatsConnection {
    return this.bus.connection;
  }

  private async batch(channel: string, seq: number): Promise<Msg[]> {
    const question = JSON.stringify({ seq: seq + 1, next_by_subj: `rtm.${channel}`, batch: CHANNEL_DEPTH });
    const found: Msg[] = [];
    const options = { strategy: 'sentinel', maxWait: TIMEOUT_MS } as const;
    for await (const msg of await this.nc.requestMany(DIRECT_GET, question, options)) {
      // Without a text it is the end of the batch, or the answer that there is nothing.
      if (isEnd(msg) || isNone(msg)) return found;
      found.push(refuseStatus(msg));
    }
    throw new Error('the broker did not tell the history to its end');
  }

  private async oneByOne(channel: string, seq: number): Promise<Msg[]> {
    const found: Msg[] = [];
    for (let next = seq + 1; found.length < CHANNEL_DEPTH;) {
      const question = JSON.stringify({ seq: next, next_by_subj: `rtm.${channel}` });
      const msg = await this.nc.request(DIRECT_GET, question, { timeout: TIMEOUT_MS });
      if (isNone(msg)) break;
      found.push(refuseStatus(msg));
      next = Number(msg.headers?.get('Nats-Sequence')) + 1;
    }
    return found;
  }
}

function batches({ info }: NatsConnection): boolean {
  const [major = 0, minor = 0] = (info?.version ?? '').split('.').map(Number);
  return major > BATCHES_SINCE[0]! || (major === BATCHES_SINCE[0] && minor >= BATCHES_SINCE[1]!);
}

const isNone = (msg: Msg): boolean => msg.headers?.code === 404;
const isEnd = (msg: Msg): boolean => msg.headers?.code === 204;

function refuseStatus(msg: Msg): Msg {
  if (msg.headers?.code) throw new Error(`the broker answered ${msg.headers.code} ${msg.headers.description}`);
  return msg;
}
