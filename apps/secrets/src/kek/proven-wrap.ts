import { timingSafeEqual } from 'node:crypto';
import { unavailable } from '../providers/provider-request.js';
import { IntegrityError } from './envelope.js';
import type { KeyProvider } from './key-provider.js';

/**
 * Wraps a data key, and unwraps it again before anybody relies on it: what is kept afterwards is its only copy, and a
 * provider that answered with something else would cost its owner everything that the key seals.
 * @throws Refusal `unavailable` when the provider cannot be asked, or gives back another key than it was given
 */
export async function wrapProven(provider: KeyProvider, key: Buffer, context: readonly string[]): Promise<Buffer> {
  const wrapped = await provider.wrap(key, context);
  if (await givesBack(provider, wrapped, key, context)) return wrapped;
  throw unavailable(provider.id, 'it gives back another key than it was given');
}

async function givesBack(
  provider: KeyProvider,
  wrapped: Buffer,
  key: Buffer,
  context: readonly string[],
): Promise<boolean> {
  const again = await provider.unwrap(wrapped, context).catch((error: unknown) => {
    if (error instanceof IntegrityError) return Buffer.alloc(0);
    throw error;
  });
  const same = again.length === key.length && timingSafeEqual(again, key);
  again.fill(0);
  return same;
}
