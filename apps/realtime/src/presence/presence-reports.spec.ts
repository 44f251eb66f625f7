import { Log } from '#boot';
import type { Bus } from '#bus';
import type { Connections } from '../sockets/connections.js';
import { PresenceReports } from './presence-reports.service.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Reports over connections that are given, to an identity that remembers what it was told. */
function reports(here: string[]) {
  const told: string[][] = [];
  let arrive: (userId: string) => void = () => undefined;
  const connections = {
    people: () => here,
    isHere: (userId: string) => here.includes(userId),
    onArrival: (fn: typeof arrive) => (arrive = fn),
  };
  const away = { now: false };
  const answers = {
    later: false,
    waiting: [] as (() => void)[],
    all: () => answers.waiting.splice(0).forEach((answer) => answer()),
  };
  let reconnect: () => unknown = () => undefined;
  const bus = {
    send: async (_: unknown, input: { user_ids: string[] }) => {
      if (away.now) throw new Error('identity is away');
      told.push(input.user_ids);
      if (answers.later) await new Promise<void>((answer) => answers.waiting.push(answer));
    },
    onReconnect: (fn: typeof reconnect) => (reconnect = fn),
  };
  const log = Log.create({ app: 'realtime', level: 'silent' });
  const service = new PresenceReports(connections as unknown as Connections, bus as unknown as Bus, log);
  service.onApplicationBootstrap();
  return { service, told, away, answers, arrive: (id: string) => arrive(id), reconnect: () => reconnect() };
}

it('RT26: who arrives is told within a second, together with others, and once however often they reconnect', async () => {
  const { service, told, arrive } = reports(['ann', 'bob']);
  for (const id of ['ann', 'bob', 'ann']) arrive(id);
  await jest.advanceTimersByTimeAsync(1_000);
  for (let i = 0; i < 5; i += 1) arrive('ann');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([['ann', 'bob']]);
  service.onApplicationShutdown();
});

it('RT26 RT29: each person who stays is told about once in each report, however many connections they have', async () => {
  const { service, told } = reports(['ann', 'bob']);
  await jest.advanceTimersByTimeAsync(80_000);
  expect(told).toEqual([
    ['ann', 'bob'],
    ['ann', 'bob'],
  ]);
  service.onApplicationShutdown();
});

it('RT26: whom another replica tells to be gone is told anew, at once when here and else on coming back', async () => {
  const here = ['ann', 'bob'];
  const { service, told, arrive } = reports(here);
  for (const id of here) arrive(id);
  await jest.advanceTimersByTimeAsync(1_000);
  here.pop();
  await service.gone(['ann', 'bob']);
  here.push('bob');
  arrive('bob');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([['ann', 'bob'], ['ann'], ['bob']]);
  service.onApplicationShutdown();
});

it('RT26: whoever arrives, or is told to be gone, while identity is away is told as soon as it is back, if still here', async () => {
  const here = ['ann'];
  const { service, told, arrive, away } = reports(here);
  away.now = true;
  for (const id of ['ann', 'bob']) arrive(id);
  await jest.advanceTimersByTimeAsync(5_000);
  await service.gone(['ann']);
  expect(told).toEqual([]);
  away.now = false;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([['ann']]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveLength(1);
  here.push('bob');
  arrive('bob');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told[1]).toEqual(['bob']);
  service.onApplicationShutdown();
});

it('RT26: who is gone again before they were told of is not told to be there, which others would believe for minutes', async () => {
  const here = ['ann', 'bob'];
  const { service, told, arrive } = reports(here);
  for (const id of here) arrive(id);
  await jest.advanceTimersByTimeAsync(100);
  here.shift();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([['bob']]);
  here.unshift('ann');
  arrive('ann');
  await jest.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([['bob'], ['ann']]);
  service.onApplicationShutdown();
});

it('RT26: who has gone while others were reported is not reported after them', async () => {
  const here = Array.from({ length: 5_001 }, (_, i) => `p-${i}`);
  const { service, told, answers } = reports(here);
  answers.later = true;
  const reported = service.report();
  here.pop();
  answers.all();
  await reported;
  expect(told.map(({ length }) => length)).toEqual([5_000]);
  service.onApplicationShutdown();
});

it('RT26: what is said of who is there is over when identity has answered, or did not', async () => {
  const { service, answers } = reports(['ann']);
  answers.later = true;
  let said = false;
  const reported = service.report();
  const settled = service.settled().then(() => (said = true));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(said).toBe(false);
  answers.all();
  await Promise.all([reported, settled]);
  service.onApplicationShutdown();
});

it('RT26: who is here is told when the bus is back: what others said meanwhile of who left was not heard', async () => {
  const { service, told, reconnect } = reports(['ann']);
  await reconnect();
  expect(told).toEqual([['ann']]);
  service.onApplicationShutdown();
});
