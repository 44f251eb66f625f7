import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether `shown` is one of the `accepted` secrets. Digests are compared, and all of them every time, so neither
 * length nor position nor the first differing character shows in the time it takes.
 */
export function isAcceptedSecret(shown: string | undefined, accepted: readonly string[]): boolean {
  const given = digest(shown ?? '');
  const matches = accepted.map((secret) => timingSafeEqual(given, digest(secret)));
  return shown !== undefined && matches.includes(true);
}
