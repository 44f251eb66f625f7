/** Bounds of a wait that grows; a failure in a row doubles it. */
export interface Backoff {
  baseMs: number;
  capMs: number;
  /** Never less than this. */
  floorMs?: number;
}

/**
 * Full jitter: anything between the floor and the doubled base, so that clients which were cut off together do not come
 * back together.
 * @param failures in a row, 0 for the first wait
 */
export function fullJitter({ baseMs, capMs, floorMs = 0 }: Backoff, failures: number, random = Math.random): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
  return floorMs + random() * ceiling;
}
