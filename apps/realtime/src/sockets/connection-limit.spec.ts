import type { Bus } from '#bus';
import type { RealtimeConfig } from '../realtime.config.js';
import type { Connection } from './connection.js';
import { ConnectionLimit } from './connection-limit.service.js';

const LIMIT = 10;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A connection of somebody who has so many on this replica, which nobody answers; and what became of it. */
function opened(here: number, connection: object = { subscribe: () => undefined, publish: () => undefined }) {
  const closes: number[] = [];
  const outbox = { rank: '' };
  const opening = { owner: { userId: 'ann' }, outbox, close: (code: number) => closes.push(code) };
  const limit = new ConnectionLimit({ connectionsPerUser: LIMIT } as RealtimeConfig, { connection } as unknown as Bus);
  void limit.check(opening as unknown as Connection, here);
  return { closes, outbox };
}

it('a flood is closed at once, and nobody is asked how many there are elsewhere', () => {
  const asked: string[] = [];
  const connection = { subscribe: () => undefined, publish: (subject: string) => asked.push(subject) };
  expect(opened(2 * LIMIT + 1, connection).closes).toEqual([1008]);
  expect(asked).toEqual([]);
});

it.each<[string, object | undefined]>([
  ['is not heard', undefined],
  [
    'is away',
    {
      subscribe: () => {
        throw new Error('closed');
      },
    },
  ],
])('where the broker %s a replica counts its own', async (_, connection) => {
  const [last, beyond] = [opened(LIMIT, connection), opened(LIMIT + 1, connection)];
  expect([last.outbox.rank, beyond.outbox.rank]).not.toContain('');
  await jest.advanceTimersByTimeAsync(5_000);
  expect([last.closes, beyond.closes]).toEqual([[], [1008]]);
  expect([last.outbox.rank, beyond.outbox.rank]).toEqual(['', '~']);
});
