/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 40_000;

/** Waits until `look` finds something, or what it returns no longer throws. */
export async function eventually<T>(look: () => Promise<T> | T): Promise<NonNullable<T>> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await Promise.resolve()
      .then(look)
      .catch((error: unknown) => (Date.now() > until ? Promise.reject(error as Error) : undefined));
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > until) throw new Error('It did not come to pass.');
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Long enough for what is in flight to show; for asserting that something does not happen. */
export const aWhile = (ms = 400): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
