/**
 * Waits until `look` finds something. The last look begins when the time is over: a machine that stood still meanwhile
 * has made progress that nobody has seen yet.
 * @throws Error after `ms` milliseconds
 */
export async function eventually<T>(what: string, ms: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + ms; ; await pause(25)) {
    const isLast = Date.now() >= end;
    const found = await look();
    if (found !== undefined) return found;
    if (isLast) throw new Error(`expected ${what} within ${ms} ms`);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
