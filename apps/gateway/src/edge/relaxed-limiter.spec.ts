import type { SharedStore } from '#bus';
import type { Limit } from './limit.rules.js';
import { RelaxedLimiter } from './relaxed-limiter.js';

const LIMIT: Limit = { name: 'any', requests: 10, periodMs: 60_000, strict: false };

/** A store whose first answer comes when the test says so. */
function slowStore() {
  let value: string | undefined;
  let revision = 0;
  let answer = (): void => undefined;
  let gate: Promise<void> | undefined = new Promise((resolve) => (answer = resolve));
  const store = {
    read: async () => {
      await gate;
      gate = undefined;
      return { value, revision };
    },
    write: async (_bucket: string, _key: string, next: string) => {
      value = next;
      return ++revision;
    },
  };
  return { store: store as unknown as SharedStore, answer: () => answer(), told: () => Number(value) };
}

it('R-BF2: what is counted while the others are told is told before a stop', async () => {
  const { store, answer, told } = slowStore();
  const limiter = new RelaxedLimiter(store);
  const take = (times: number) => {
    for (let i = 0; i < times; i += 1) limiter.take(LIMIT, 'block');
  };
  const begun = Date.now();
  take(3);
  void limiter.share();
  take(3);
  const stopped = limiter.stop();
  answer();
  await stopped;
  expect(told()).toBeGreaterThanOrEqual(begun + 6 * 6_000);
});
