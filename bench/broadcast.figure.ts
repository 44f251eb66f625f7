import { randomUUID } from 'node:crypto';
import { internal } from '../test/support/people.js';
import { call } from '../test/support/http.js';
import { Clients } from './bare/realtime.js';
import { percentile } from './harness.js';
import { ourFan } from './realtime.figure.js';
import type { BenchContext, Row } from './report.js';

const CONNECTIONS = 10_000;
const ASKED = 500;
const BROADCASTS = 20;
/** Of both figures, in ms. */
const LIMIT = 50;
const RESOLUTION = 20;

/** The longest that the loop of the realtime app stood since this was last asked, in ms. */
async function stood(port: number): Promise<number> {
  const { body } = await call('GET', `http://127.0.0.1:${port}/metrics`);
  const seconds = Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(body as string)?.[1]);
  return Math.max(0, seconds * 1_000 - RESOLUTION);
}

/** RT14: what is answered while many connections are idle, and for how long an event for all of them holds up others. */
export async function broadcastFigure({ stack, person }: BenchContext): Promise<Row> {
  await stack.restart('realtime');
  const fan = await ourFan(stack, CONNECTIONS);
  const port = stack.internalPort('realtime');
  const clients = await Clients.connect(fan, CONNECTIONS);
  try {
    const took: number[] = [];
    for (let i = 0; i < ASKED; i += 1) {
      const body = { type: 'notification', user_id: person.userId, data: {}, id: randomUUID() };
      const begun = performance.now();
      const { status } = await internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', body);
      if (status !== 202) throw new Error(`a broadcast answered ${status}`);
      took.push(performance.now() - begun);
    }
    took.sort((a, b) => a - b);
    const p99 = percentile(took, 0.99);
    await stood(port);
    for (let i = 1; i <= BROADCASTS; i += 1) {
      const before = clients.total;
      await fan.push(['x'.repeat(190)]);
      await clients.until(before + CONNECTIONS);
    }
    const longest = await stood(port);
    return {
      id: 'RT14',
      what: `${CONNECTIONS} connections, ${LIMIT} ms`,
      lines: [
        `${'202 while they are idle'.padEnd(34)} p99 ${p99.toFixed(1)} ms`,
        `${'the loop at an event for all'.padEnd(34)} at most ${longest.toFixed(1)} ms`,
      ],
      ratio: LIMIT / Math.max(p99, longest),
      target: 1,
    };
  } finally {
    clients.stop();
    await fan.stop();
  }
}
