/** Fewer than these are not worth anybody's coming back. */
const FEW = 5;
/** How much more than its share a replica may have; beyond 1.3 it would be too much (RT31). */
const TOO_MUCH = 1.15;

/**
 * How many of its connections a replica has too many.
 * @param own connections here
 * @param others those of each other replica
 */
export function excessOf(own: number, others: readonly number[]): number {
  const share = [own, ...others].reduce((sum, count) => sum + count, 0) / (others.length + 1);
  return own > share * TOO_MUCH && own - share >= FEW ? Math.floor(own - share) : 0;
}
