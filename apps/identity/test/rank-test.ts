/**
 * How two samples compare by rank (Mann–Whitney): no assumption about how the times are distributed, and a few slow
 * ones weigh no more than their places.
 */
export interface RankTest {
  /** The probability that one of the first is above one of the second: 0.5 when they cannot be told apart. */
  dominance: number;
  /** Standard normal under the hypothesis that they are of one distribution. */
  z: number;
}

export function rankTest(first: number[], second: number[]): RankTest {
  const [n, m] = [first.length, second.length];
  const all = [...first.map((value) => ({ value, mine: true })), ...second.map((value) => ({ value, mine: false }))];
  all.sort((a, b) => a.value - b.value);
  const rankSum = all.reduce((sum, { mine }, i) => (mine ? sum + i + 1 : sum), 0);
  const u = rankSum - (n * (n + 1)) / 2;
  return { dominance: u / (n * m), z: (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12) };
}
