import { fromBase64url } from './base64url.js';
import type { LicensePublicKey } from './license-public-key.js';
import { refuse, type Refusal } from './verdict.js';

const ED25519_KEY_BYTES = 32;

/** What is called by name in the sentences for the reader. */
export type SignedThing = 'license' | 'revocation list' | 'certificate';

/**
 * The 32 bytes of the key that a text names, when it may be trusted at that moment. Keys come from several places, built
 * in, certified, fetched: what one of them knows against a key counts, whatever the others say of it.
 * @param now Unix seconds
 * @throws RangeError when the application's own list is broken
 */
export function trustedKey(
  keys: readonly LicensePublicKey[],
  kid: string,
  now: number,
  thing: SignedThing,
): Uint8Array | Refusal {
  if (!Number.isFinite(now)) throw new RangeError('now is a number of Unix seconds');
  const named = keys.filter((one) => one.kid === kid);
  const signed = `The ${thing} is signed with a key that`;
  const [key] = named;
  if (!key) return refuse('UNKNOWN_KEY', `${signed} this application does not know.`);
  if (named.some(({ state }) => state === 'compromised')) {
    return refuse('KEY_COMPROMISED', `${signed} was withdrawn; ask for a new one.`);
  }
  if (named.some((one) => isRetired(one, now))) {
    return refuse('KEY_RETIRED', `${signed} is out of use; ask for a new one.`);
  }
  const bytes = fromBase64url(key.key);
  if (bytes?.length !== ED25519_KEY_BYTES) throw new RangeError(`the public key ${kid} is not 32 bytes of base64url`);
  return bytes;
}

function isRetired(key: LicensePublicKey, now: number): boolean {
  if (key.state === 'retired') return true;
  // An end that cannot be read is no end that can be trusted to lie ahead.
  return typeof key.not_after === 'string' && !(now < Date.parse(key.not_after) / 1000);
}
