import { Turn } from './batch.js';

const immediate = () => new Promise(setImmediate);

/** Writers each of whom takes a millisecond, on a clock that stands still otherwise. */
function turnOf(count: number) {
  let now = 0;
  const flushed: number[] = [];
  const turn = new Turn(() => now);
  const writers = Array.from({ length: count }, (_, n) => ({
    flush: () => {
      now += 1;
      flushed.push(n);
    },
  }));
  return { turn, writers, flushed };
}

it('RT14: an event for many is written in slices, so that others have their turn, and to each once and in order', async () => {
  const { turn, writers, flushed } = turnOf(100);
  for (const writer of writers) turn.add(writer);
  const seen: number[] = [];
  while (flushed.length < 100) {
    await immediate();
    seen.push(flushed.length);
  }
  expect(seen.slice(0, 4)).toEqual([32, 64, 96, 100]);
  await immediate();
  expect(flushed).toEqual(writers.map((_, n) => n));
});

it('what is few is written in one go, and what comes next in the next turn', async () => {
  const { turn, writers, flushed } = turnOf(3);
  turn.add(writers[0]!);
  turn.add(writers[1]!);
  expect(flushed).toEqual([]);
  await immediate();
  expect(flushed).toEqual([0, 1]);
  turn.add(writers[2]!);
  await immediate();
  expect(flushed).toEqual([0, 1, 2]);
});
