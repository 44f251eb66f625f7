/** A timer that comes later than this comes after a standstill. */
const LATE_MS = 5;
/** What came while this process stood still lies ready, and is heard in this time. */
const HEARING_MS = 50;

/**
 * Gives up after a time, and after what came in it was heard: a process that stood still itself runs its timers before
 * it looks at what has long been there.
 * @returns calls it off
 */
export function afterPatience(ms: number, giveUp: () => void): () => void {
  const due = performance.now() + ms;
  let isOff = false;
  const end = (): void => {
    if (!isOff) giveUp();
  };
  const timer = setTimeout(() => {
    if (performance.now() - due > LATE_MS) setTimeout(end, HEARING_MS).unref();
    else setImmediate(end);
  }, ms).unref();
  return () => {
    isOff = true;
    clearTimeout(timer);
  };
}
