/** Waits until `look` finds something. @throws Error after `ms` milliseconds */
export async function eventually<T>(what: string, ms: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(25)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`expected ${what} within ${ms} ms`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
