import { randomUUID } from 'node:crypto';
import type { Bus } from '#bus';
import { FramePublisher } from '../apps/realtime/src/fanout/frame-publisher.service.js';
import type { Stack } from '../test/support/index.js';
import { connectAs } from '../test/support/bus-users.js';
import { register } from '../test/support/people.js';
import { bareFan, Clients, type Fan } from './bare/realtime.js';
import { compare, residentMiB, type Load } from './harness.js';
import { rateRow, type BenchContext, type Row } from './report.js';

/** Of one person across all servers; a few below, for connections that have just ended. */
const CONNECTIONS_A_PERSON = 30;
const IDLE = 9_000;
const IDLE_KB = 12;
/** A frame of ours with this text is about 300 bytes. */
const TEXT = 'x'.repeat(190);

/** The realtime app itself, entered where the gateway enters it; events go in by the stream that its replicas hear. */
export async function ourFan(stack: Stack, clients: number): Promise<Fan> {
  const { info } = stack;
  const tokens: string[] = [];
  for (let n = 0; n < clients; n += CONNECTIONS_A_PERSON) tokens.push((await register(info)).accessToken);
  const pid = stack.pid('realtime')!;
  const connection = await connectAs(info, 'realtime');
  const publisher = new FramePublisher({ connection } as Bus);
  const port = stack.internalPort('realtime');
  const headers = (nth: number) => ({ authorization: `Bearer ${tokens[Math.floor(nth / CONNECTIONS_A_PERSON)]}` });
  return {
    name: 'realtime',
    pid,
    target: (nth) => ({ port, path: '/v1/auth/ws', headers: headers(nth) }),
    push: async (texts) => {
      const frames = texts.map((text) => ({ id: randomUUID(), type: 'notification', data: { text } }));
      await Promise.all(frames.map((frame) => publisher.publish(undefined, frame, 'notification')));
    },
    stop: () => connection.close(),
  };
}

/** Events of 300 bytes for clients that wrap them, and for those that get them as they are. */
const textOf = (fan: Fan): string => (fan.name === 'realtime' ? TEXT : TEXT.padEnd(300, 'x'));

/** Deliveries with `ahead` events under way at any time; with one there is nothing to coalesce. */
function fanLoad(fan: Fan, clients: Clients, ahead: number): Load {
  const texts = Array.from({ length: Math.ceil(ahead / 2) }, () => textOf(fan));
  return {
    name: `${fan.name}, ${clients.count} clients`,
    pids: [fan.pid],
    run: async (seconds) => {
      const begun = performance.now();
      const before = clients.total;
      let pushed = 0;
      while (performance.now() - begun < seconds * 1_000) {
        await fan.push(texts);
        pushed += texts.length;
        const mayBeUnderWay = ahead > 1 ? texts.length : 0;
        await clients.until(before + (pushed - mayBeUnderWay) * clients.count);
      }
      await clients.until(before + pushed * clients.count);
      return { operations: pushed * clients.count, seconds: (performance.now() - begun) / 1_000 };
    },
  };
}

async function duel(ours: Fan, theirs: Fan, clients: number, ahead: number) {
  const crowds = [await Clients.connect(ours, clients), await Clients.connect(theirs, clients)] as const;
  try {
    return await compare(fanLoad(ours, crowds[0], ahead), fanLoad(theirs, crowds[1], ahead), { seconds: 2 });
  } finally {
    crowds.forEach((crowd) => crowd.stop());
  }
}

/** P4: deliveries when saturated, against Socket.IO. */
export async function saturatedFigure({ stack }: BenchContext): Promise<Row> {
  const [ours, theirs] = [await ourFan(stack, 500), await bareFan('socket.io')];
  try {
    return rateRow('P4', 'fan-out, saturated', await duel(ours, theirs, 500, 64), 4);
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** P4: deliveries of one event at a time, against a loop over `ws` that builds its frame once. */
export async function oneAtATimeFigure({ stack }: BenchContext): Promise<Row> {
  const [ours, theirs] = [await ourFan(stack, 2_000), await bareFan('ws')];
  try {
    return rateRow('P4', 'fan-out, one event at a time', await duel(ours, theirs, 2_000, 1), 0.8);
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** P4 RT35: memory of an idle connection; the ratio is the limit by what it takes. */
export async function idleFigure({ stack }: BenchContext): Promise<Row> {
  // Connections of other figures would have left memory behind that these are served from.
  await stack.restart('realtime');
  const fans = [await ourFan(stack, IDLE), await bareFan('ws'), await bareFan('socket.io')];
  try {
    const costs: number[] = [];
    for (const fan of fans) costs.push(await idleKb(fan));
    const lines = fans.map((fan, i) => `${fan.name.padEnd(34)} ${costs[i]!.toFixed(1)} KB a connection`);
    return {
      id: 'P4 RT35',
      what: `${IDLE} idle connections, ${IDLE_KB} KB each`,
      lines,
      ratio: IDLE_KB / costs[0]!,
      target: 1,
    };
  } finally {
    await Promise.all(fans.map((fan) => fan.stop()));
  }
}

async function idleKb(fan: Fan): Promise<number> {
  const before = residentMiB(fan.pid);
  const clients = await Clients.connect(fan, IDLE);
  // What connecting left behind is collected by and by.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const after = residentMiB(fan.pid);
  clients.stop();
  return ((after - before) * 1_024) / IDLE;
}
