import { excessOf } from './load.rules.js';

it('RT31: a replica has too many when it has clearly more than its share, and then what is beyond the share', () => {
  expect(excessOf(136, [103, 59])).toBe(36);
  expect(excessOf(112, [100, 88])).toBe(0);
  expect(excessOf(59, [136, 103])).toBe(0);
});

it('RT31: alone, or with a handful, it has not', () => {
  expect(excessOf(10_000, [])).toBe(0);
  expect(excessOf(7, [1, 1])).toBe(0);
});

it('RT31: however connections fall upon replicas, giving away what is too much ends below 1.3 times the share', () => {
  // A generator of its own, so that a failure can be looked at again.
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let run = 0; run < 200; run += 1) {
    const counts = [0, 0, 0].map(() => Math.floor(random() * 400));
    if (run % 4 === 0) counts[0] = 0;
    const total = counts.reduce((a, b) => a + b);
    if (total < 90) continue;
    for (let round = 0; round < 30; round += 1) {
      const going = counts.map((own, i) =>
        excessOf(
          own,
          counts.filter((_, j) => j !== i),
        ),
      );
      going.forEach((n, i) => (counts[i]! -= n));
      for (let n = going.reduce((a, b) => a + b); n > 0; n -= 1) counts[Math.floor(random() * 3)]! += 1;
    }
    expect(Math.max(...counts) / (total / 3)).toBeLessThanOrEqual(1.3);
  }
});
