import { pause } from './eventually.js';

/** Starts `count` works at a steady rate, however long they take. @returns the milliseconds each took, sorted */
export async function steadily(
  count: number,
  perSecond: number,
  work: (nth: number) => Promise<void>,
): Promise<number[]> {
  const begun = performance.now();
  const timed = async (nth: number): Promise<number> => {
    const start = performance.now();
    await work(nth);
    return performance.now() - start;
  };
  const running: Promise<number>[] = [];
  while (running.length < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - begun) / 1_000) * perSecond));
    while (running.length < due) running.push(timed(running.length));
    await pause(1);
  }
  return (await Promise.all(running)).sort((a, b) => a - b);
}
