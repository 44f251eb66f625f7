/** Crockford base32: digits and letters without I, L, O and U. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CANONICAL = new RegExp(`^DT1-[A-Z]{2,16}-[${SYMBOLS}]{4}-[${SYMBOLS}]{4}$`);
const LONGEST_INPUT = 64;
const RANDOM_BYTES = 5;

/** Whether `text` is a license key in canonical form: `DT1-{TIER}-xxxx-xxxx`. */
export const isLicenseKey = (text: unknown): text is string => typeof text === 'string' && CANONICAL.test(text);

/**
 * Makes a license key of 40 random bits.
 * @param tier letters only, e.g. `core`; it is upper-cased.
 * @param random 5 bytes; give them only to make a known key.
 * @throws RangeError for a tier or a number of bytes that no key can have.
 */
export function newLicenseKey(
  tier: string,
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)),
): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`a license key takes ${RANDOM_BYTES} random bytes`);
  let body = '';
  let bits = 0;
  let held = 0;
  for (const byte of random) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) body += SYMBOLS[(held >> (bits - 5)) & 31]!;
  }
  const key = `DT1-${tier.toUpperCase()}-${body.slice(0, 4)}-${body.slice(4)}`;
  if (!isLicenseKey(key)) throw new RangeError('the tier of a license key is 2 to 16 letters A to Z');
  return key;
}

/**
 * Reads a license key as a person types it: any case, dashes or spaces anywhere or nowhere, and the letters
 * that look like digits (I and L for 1, O for 0). In the tier, which has letters only, it is the other way round.
 * @returns the canonical form, or `null` when it cannot be a key.
 */
export function parseLicenseKey(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > LONGEST_INPUT) return null;
  const bare = text.replace(/[\s\p{Pd}]/gu, '');
  // Before upper-casing, which turns some letters of other alphabets into these.
  if (!/^[0-9A-Za-z]+$/.test(bare)) return null;
  const typed = bare.toUpperCase();
  const tier = typed.slice(3, -8).replaceAll('0', 'O').replaceAll('1', 'I');
  const head = digits(typed.slice(0, 3));
  const body = digits(typed.slice(3).slice(-8));
  const key = `${head}-${tier}-${body.slice(0, 4)}-${body.slice(4)}`;
  return isLicenseKey(key) ? key : null;
}

const digits = (text: string): string => text.replace(/[IL]/g, '1').replaceAll('O', '0');
