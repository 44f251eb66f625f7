import { Log } from '#boot';
import type { Bus } from '#bus';
import { NoteLeft } from '#contracts';
import type { Connections } from '../sockets/connections.js';
import type { SocketsDrain } from '../sockets/sockets-drain.service.js';
import { Departures } from './departures.service.js';
import type { PresenceReports } from './presence-reports.service.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Departures with people who are here, an identity and a bus that may be away, and what either was told. */
function departures() {
  const here = new Set<string>();
  const away = { identity: false, bus: false };
  const seen = { settled: Promise.resolve() };
  let stop = async (): Promise<void> => undefined;
  const told: [string, string[]][] = [];
  let leave: (userId: string, code: number) => void = () => undefined;
  const connections = { isHere: (id: string) => here.has(id), onDeparture: (fn: typeof leave) => (leave = fn) };
  const bus = {
    send: async ({ name }: { name: string }, { user_ids }: { user_ids: string[] }) => {
      if (away.identity) throw new Error('identity is away');
      told.push([name, user_ids]);
    },
    whenUp: () => undefined,
    connection: {
      publish: (_: string, text: string) => {
        if (away.bus) throw new Error('the bus is away');
        told.push(['others', JSON.parse(text) as string[]]);
      },
    },
  };
  const service = new Departures(
    connections as unknown as Connections,
    { settled: () => seen.settled } as PresenceReports,
    { begun: false, onEmpty: (fn: () => Promise<void>) => (stop = fn) } as unknown as SocketsDrain,
    bus as unknown as Bus,
    Log.create({ app: 'realtime', level: 'silent' }),
  );
  service.onApplicationBootstrap();
  return { service, here, away, told, seen, leave: (id: string) => leave(id, 1000), stop: () => stop() };
}

it('RT26: who leaves while identity is away is told to have left as soon as it is back, unless they are here again', async () => {
  const { service, here, away, told, leave } = departures();
  away.identity = true;
  for (const id of ['ann', 'bob']) leave(id);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual([]);
  here.add('bob');
  away.identity = false;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([
    [NoteLeft.name, ['ann']],
    ['others', ['ann']],
  ]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(2);
  service.onApplicationShutdown();
});

it('RT26: identity is told again when the other replicas could not be: whoever has the person must be able to object', async () => {
  const { service, away, told, leave } = departures();
  away.bus = true;
  leave('ann');
  await jest.advanceTimersByTimeAsync(1_000);
  away.bus = false;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told.map(([what]) => what)).toEqual([NoteLeft.name, NoteLeft.name, 'others']);
  service.onApplicationShutdown();
});

it('RT26: who leaves while identity is being told that they are there is told to have left after that', async () => {
  const { service, seen, told, leave } = departures();
  let settle = (): void => undefined;
  seen.settled = new Promise((resolve) => (settle = resolve));
  leave('ann');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([]);
  settle();
  await jest.advanceTimersByTimeAsync(0);
  expect(told.map(([what]) => what)).toEqual([NoteLeft.name, 'others']);
  service.onApplicationShutdown();
});

it('RT26: a replica that stops tells at once who left it a moment ago', async () => {
  const { service, told, leave, stop } = departures();
  leave('ann');
  await stop();
  expect(told).toEqual([
    [NoteLeft.name, ['ann']],
    ['others', ['ann']],
  ]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(2);
  service.onApplicationShutdown();
});

it('RT26: a replica that stops while identity is away tells it when it is back soon, and else goes all the same', async () => {
  const { service, away, told, leave, stop } = departures();
  away.identity = true;
  leave('ann');
  let stopped = stop();
  await jest.advanceTimersByTimeAsync(500);
  away.identity = false;
  await jest.advanceTimersByTimeAsync(500);
  await stopped;
  expect(told).toHaveLength(2);
  away.identity = true;
  leave('bob');
  stopped = stop();
  await jest.advanceTimersByTimeAsync(3_000);
  await stopped;
  expect(told).toHaveLength(2);
  service.onApplicationShutdown();
});
