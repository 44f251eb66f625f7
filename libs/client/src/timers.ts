type Handle = ReturnType<typeof setTimeout>;

/** Timers that end with their owner: after `clear` none is left and none can be set. */
export class Timers {
  private readonly running = new Set<Handle>();
  private ended = false;

  /**
   * @param quiet a process that has nothing else to do may end before
   * @returns a function that calls it off
   */
  after(ms: number, act: () => void, quiet = false): () => void {
    if (this.ended) return () => undefined;
    const handle: Handle = setTimeout(() => {
      this.running.delete(handle);
      act();
    }, ms);
    // Browsers have numbers for timers.
    if (quiet) (handle as { unref?: () => void }).unref?.();
    this.running.add(handle);
    return () => {
      clearTimeout(handle);
      this.running.delete(handle);
    };
  }

  get count(): number {
    return this.running.size;
  }

  clear(): void {
    this.ended = true;
    for (const handle of this.running) clearTimeout(handle);
    this.running.clear();
  }
}

/** Waits; an abort ends the wait at once with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Waits for what others wait for as well: an abort ends this wait only. */
export async function unlessAborted<T>(shared: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  if (!signal) return shared;
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}
