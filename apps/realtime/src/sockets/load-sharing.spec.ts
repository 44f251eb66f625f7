import type { Bus } from '#bus';
import type { RealtimeConfig } from '../realtime.config.js';
import type { Connections } from './connections.js';
import { LoadSharing } from './load-sharing.service.js';
import type { SocketsDrain } from './sockets-drain.service.js';

const EVERY_MS = 20_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A replica with so many connections that hears of one other, and how many it has asked to go. */
function replica(own: number) {
  let asked = 0;
  const client = () => ({ outbox: { told: true, say: () => (asked += 1) } });
  const open = Array.from({ length: own }, client);
  let hear: (error: null, msg: { json: () => object }) => void = () => undefined;
  const connections = { count: own, all: () => open } as unknown as Connections;
  const subscribe = (_: string, { callback }: { callback: typeof hear }) => (hear = callback);
  const connection = { subscribe, publish: () => undefined };
  const bus = { connection, whenUp: (fn: (nc: object) => void) => fn(connection) } as unknown as Bus;
  const config = { loadSharingSeconds: EVERY_MS / 1_000 } as RealtimeConfig;
  const sharing = new LoadSharing(config, connections, { begun: false } as SocketsDrain, bus);
  sharing.onApplicationBootstrap();
  const says = (count: number) => hear(null, { json: () => ({ replica: 'other', connections: count }) });
  return { says, asked: () => asked, stop: () => sharing.onApplicationShutdown() };
}

it.each([-3_600_000, 3_600_000])(
  'RT31: a clock that is set by %i ms makes no replica appear or disappear',
  async (by) => {
    const { says, asked, stop } = replica(100);
    says(0);
    jest.setSystemTime(Date.now() + by);
    await jest.advanceTimersByTimeAsync(EVERY_MS);
    expect(asked()).toBe(50);
    stop();
  },
);

it('RT31: a replica that says nothing more is soon taken for gone, also when the clock was set back', async () => {
  const { says, asked, stop } = replica(100);
  says(60);
  jest.setSystemTime(Date.now() - 3_600_000);
  await jest.advanceTimersByTimeAsync(10 * EVERY_MS);
  // Twenty in each of the three rounds for which it may be silent.
  expect(asked()).toBe(60);
  stop();
});
