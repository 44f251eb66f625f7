const CAP_SECONDS = 15 * 60;

/**
 * Seconds to wait before the next try: doubles from one second to a quarter of an hour, with jitter so that what
 * failed together does not come back together.
 * @param attempts tries so far, at least 1.
 * @param random in [0, 1)
 */
export function backoffSeconds(attempts: number, random: number = Math.random()): number {
  const whole = Math.min(2 ** Math.min(attempts - 1, 20), CAP_SECONDS);
  return whole * (0.5 + random / 2);
}
