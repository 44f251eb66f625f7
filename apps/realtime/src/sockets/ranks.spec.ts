import { Ranks } from './ranks.js';

const make = (ranks: Ranks, count: number): string[] => Array.from({ length: count }, () => ranks.next());

it('of two openings within one millisecond, and after the clock was set back, the later one has the greater rank', () => {
  let now = Date.now();
  const ranks = new Ranks(() => now);
  const made = make(ranks, 50);
  now -= 3_600_000;
  made.push(...make(ranks, 50));
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(100);
});

it('the later of two openings on replicas whose clocks agree has the greater rank; none is shared', () => {
  let now = Date.now();
  const [one, other] = [new Ranks(() => now), new Ranks(() => now)];
  expect(one.next()).not.toBe(other.next());
  now += 10;
  const earlier = one.next();
  now += 10;
  expect(other.next() > earlier).toBe(true);
});
