import { createHash, timingSafeEqual } from 'node:crypto';

/** What is kept of a client's secret, which is 256 random bits: nothing that could be guessed faster than those. */
export const hashClientSecret = (secret: string): string =>
  `sha256:${createHash('sha256').update(secret).digest('base64url')}`;

/** Whether the secret is one of those that these are the hashes of. */
export function isClientSecret(secret: string, hashes: readonly string[]): boolean {
  const shown = Buffer.from(hashClientSecret(secret));
  return hashes.some((hash) => hash.length === shown.length && timingSafeEqual(Buffer.from(hash), shown));
}
