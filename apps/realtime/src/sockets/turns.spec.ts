import { setImmediate } from 'node:timers/promises';
import { Turns } from './turns.js';

it('RT32: so many work at a time, in the order in which they came, also when one fails', async () => {
  const turns = new Turns(2);
  const began: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((n) =>
    turns.run(async () => {
      began.push(n);
      await new Promise<void>((resolve) => (ends[n] = resolve));
      if (n === 1) throw new Error('one');
      return n;
    }),
  );
  const settled = Promise.allSettled(all);
  await setImmediate();
  expect(began).toEqual([0, 1]);
  ends[1]!();
  await setImmediate();
  expect(began).toEqual([0, 1, 2]);
  for (const n of [0, 2]) ends[n]!();
  await setImmediate();
  ends[3]!();
  expect((await settled).map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
