import { PassThrough } from 'node:stream';
import type { RevocationList } from '#access-tokens';
import { Metrics } from '#boot';
import { Turn } from '../fanout/batch.js';
import type { DeliveryMetrics } from '../fanout/delivery-metrics.service.js';
import type { Entry } from '../fanout/entry.js';
import { Outbox } from '../fanout/outbox.js';
import type { RealtimeConfig } from '../realtime.config.js';
import type { Connections } from './connections.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { SocketsUpkeep } from './sockets-upkeep.service.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A connection whose peer answers so late. */
function answering(lateMs: number) {
  const closes: number[] = [];
  let pings = 0;
  const connection = {
    ping: () => {
      pings += 1;
      setTimeout(() => (pings = 0), lateMs);
    },
    get answers() {
      return !pings;
    },
    close: (code: number) => closes.push(code),
  };
  return { connection, closes };
}

const upkeepOf = (connections: object[]): SocketsUpkeep =>
  new SocketsUpkeep(
    { heartbeatSeconds: 25 } as RealtimeConfig,
    { all: () => connections } as unknown as Connections,
    {} as RevocationList,
    new Metrics(),
  );

it('RT23: of two beats that a standstill has brought together the second one is waited for, and then judged', async () => {
  const [well, silent] = [answering(200), answering(3_600_000)];
  const upkeep = upkeepOf([well.connection, silent.connection]);
  upkeep.beat();
  await jest.advanceTimersByTimeAsync(7_900);
  upkeep.beat();
  await jest.advanceTimersByTimeAsync(150);
  expect([well.closes, silent.closes]).toEqual([[], []]);
  await jest.advanceTimersByTimeAsync(8_000);
  expect([well.closes, silent.closes]).toEqual([[], [1011]]);
});

/** An open connection whose client reads nothing; what it was told, and the codes it was closed with. */
function unread() {
  const closes: number[] = [];
  const [wire, told] = ['websocket' as const, true];
  const metrics = { delivered: () => undefined, written: () => undefined } as unknown as DeliveryMetrics;
  const options = {
    wire,
    told,
    metrics,
    limit: 1e6,
    turn: new Turn(),
    cursor: () => 'here',
    onTooSlow: () => undefined,
  };
  const outbox = new Outbox(new PassThrough({ highWaterMark: 1 }), options);
  const said = jest.spyOn(outbox, 'say');
  const transport = { close: (code: number) => closes.push(code), ping: () => undefined, answers: true };
  const owner = { userId: 'ann', tokenId: 't', expiresAt: 4e9, agent: false } satisfies ConnectionOwner;
  const connection = new Connection(owner, outbox, transport);
  const entry = { seq: 1, kind: 'user', size: 100_000, bytes: () => Buffer.alloc(100_000) } as unknown as Entry;
  const cursors = () => said.mock.calls.filter(([{ type }]) => type === 'cursor').length;
  return { connection, closes, cursors, give: () => outbox.offer(entry) };
}

it.each([-3_600_000, 3_600_000])(
  'RT22: a clock that is set by %i ms changes nothing in when a client is given up or told where it stands',
  async (by) => {
    const { connection, closes, cursors, give } = unread();
    const upkeep = upkeepOf([connection]);
    for (let i = 0; i < 3; i += 1) give();
    jest.setSystemTime(Date.now() + by);
    await jest.advanceTimersByTimeAsync(19_000);
    upkeep.check(Date.now());
    expect([closes, cursors()]).toEqual([[], 0]);
    await jest.advanceTimersByTimeAsync(2_000);
    upkeep.check(Date.now());
    expect([closes, cursors()]).toEqual([[1013], 0]);
    await jest.advanceTimersByTimeAsync(220_000);
    upkeep.check(Date.now());
    expect(cursors()).toBe(1);
  },
);
