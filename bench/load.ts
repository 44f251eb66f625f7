import autocannon from 'autocannon';
import { percentile, type Load, type Sample } from './harness.js';

/** A request as autocannon sends it. */
export interface Shot {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/**
 * Keeps `connections` requests under way for some seconds.
 * @param bodies what each connection sends in turn, instead of the shot's own body
 * @throws Error when an answer was no 2xx
 */
export async function fire(shot: Shot, connections: number, seconds: number, bodies?: string[]): Promise<Sample> {
  const requests = bodies?.map((body) => ({ body }));
  const result = await autocannon({ ...shot, connections, duration: seconds, ...(requests && { requests }) });
  if (result.non2xx || result.errors) {
    throw new Error(`${shot.url}: ${result.non2xx} answers were no 2xx, ${result.errors} failed`);
  }
  return {
    operations: result.requests.total,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

export const httpLoad = (name: string, pids: number[], connections: number, shot: Shot): Load => ({
  name,
  pids,
  run: (seconds) => fire(shot, connections, seconds),
});

/**
 * Runs `work` in `lanes` loops side by side; for operations that need the answer of the one before.
 * @param work one operation of a lane
 */
export async function inLanes(lanes: number, seconds: number, work: (lane: number) => Promise<void>): Promise<Sample> {
  const started = performance.now();
  const end = started + seconds * 1_000;
  const took: number[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (performance.now() < end) {
        const begun = performance.now();
        await work(lane);
        took.push(performance.now() - begun);
      }
    }),
  );
  took.sort((a, b) => a - b);
  const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
  return { operations: took.length, seconds: (performance.now() - started) / 1_000, p50, p99 };
}
