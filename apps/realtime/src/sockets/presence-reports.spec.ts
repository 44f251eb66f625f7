import { Log } from '#boot';
import type { Bus } from '#bus';
import type { Connections } from './connections.js';
import { PresenceReports } from './presence-reports.service.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Reports over connections that are given, to an identity that remembers what it was told. */
function reports(open: { userId: string; agent: boolean }[]) {
  const told: string[][] = [];
  let arrive: (userId: string) => void = () => undefined;
  const connections = {
    all: () => open.map((owner) => ({ owner })),
    onArrival: (fn: typeof arrive) => (arrive = fn),
  };
  const bus = { send: async (_: unknown, input: { user_ids: string[] }) => void told.push(input.user_ids) };
  const log = Log.create({ app: 'realtime', level: 'silent' });
  const service = new PresenceReports(connections as unknown as Connections, bus as unknown as Bus, log);
  service.onApplicationBootstrap();
  return { service, told, arrive: (id: string) => arrive(id) };
}

it('RT26: who arrives is told within a second, together with others, and once however often they reconnect', async () => {
  const { service, told, arrive } = reports([]);
  for (const id of ['ann', 'bob', 'ann']) arrive(id);
  await jest.advanceTimersByTimeAsync(1_000);
  for (let i = 0; i < 5; i += 1) arrive('ann');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([['ann', 'bob']]);
  service.onApplicationShutdown();
});

it('RT26 RT29: each person who stays is told about once in each report, and agents are not', async () => {
  const open = ['ann', 'ann', 'bob'].map((userId) => ({ userId, agent: false }));
  const { service, told } = reports([...open, { userId: 'cat', agent: true }]);
  await jest.advanceTimersByTimeAsync(80_000);
  expect(told).toEqual([
    ['ann', 'bob'],
    ['ann', 'bob'],
  ]);
  service.onApplicationShutdown();
});
