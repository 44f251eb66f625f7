import { fromBase64url } from './base64url.js';
import { parseBlob, type ParsedBlob } from './blob.js';
import type { Ed25519Verifier, SyncEd25519Verifier } from './ed25519.js';
import { webCryptoVerifier } from './ed25519.js';
import type { LicensePublicKey } from './license-public-key.js';
import type { LicensePayload } from './payload.js';
import { refuse, type Verdict } from './verdict.js';

/** What a blob is judged by. */
export interface VerifyOptions {
  /** Unix seconds. */
  now: number;
  /** The product that asks; a blob for any other is refused. */
  product: string;
  /** When given, a blob of any other issuer is refused. */
  issuer?: string;
  /** Seconds after `exp` in which the verdict is `IN_GRACE` instead of `EXPIRED`; default 0. */
  grace?: number;
}

interface Candidate extends ParsedBlob {
  key: LicensePublicKey;
  keyBytes: Uint8Array;
}

const ED25519_KEY_BYTES = 32;

/**
 * Judges a license blob offline, with WebCrypto where no `verifier` is given (browsers, Node 20 and later).
 * Never throws on account of the blob.
 * @param keys the public keys that the application trusts.
 */
export async function verifyBlob(
  blob: unknown,
  keys: readonly LicensePublicKey[],
  options: VerifyOptions & { verifier?: Ed25519Verifier },
): Promise<Verdict> {
  const found = candidate(blob, keys, options.now);
  if ('code' in found) return found;
  const verifier = options.verifier ?? webCryptoVerifier;
  return judge(found, await verifier(found.keyBytes, found.signed, found.signature), options);
}

/**
 * The same without waiting, for runtimes that verify synchronously.
 * @param options.verifier e.g. `nodeVerifier(await import('node:crypto'))`.
 */
export function verifyBlobSync(
  blob: unknown,
  keys: readonly LicensePublicKey[],
  options: VerifyOptions & { verifier: SyncEd25519Verifier },
): Verdict {
  const found = candidate(blob, keys, options.now);
  if ('code' in found) return found;
  return judge(found, options.verifier(found.keyBytes, found.signed, found.signature), options);
}

/** Everything that is settled before the signature is looked at. */
function candidate(blob: unknown, keys: readonly LicensePublicKey[], now: number): Candidate | Verdict {
  if (!Number.isFinite(now)) throw new RangeError('now is a number of Unix seconds');
  const parsed = parseBlob(blob);
  if ('problem' in parsed) return refuse('MALFORMED', `This is no license: ${parsed.problem}.`);
  const key = keys.find(({ kid }) => kid === parsed.payload.kid);
  if (!key) return refuse('UNKNOWN_KEY', 'The license is signed with a key that this application does not know.');
  if (key.state === 'compromised') {
    return refuse(
      'KEY_COMPROMISED',
      'The license is signed with a key that was withdrawn; ask for a new license file.',
    );
  }
  if (isRetired(key, now)) {
    return refuse('KEY_RETIRED', 'The license is signed with a key that is out of use; ask for a new license file.');
  }
  const keyBytes = fromBase64url(key.key);
  if (keyBytes?.length !== ED25519_KEY_BYTES)
    throw new RangeError(`the public key ${key.kid} is not 32 bytes of base64url`);
  return { ...parsed, key, keyBytes };
}

function isRetired(key: LicensePublicKey, now: number): boolean {
  if (key.state === 'retired') return true;
  // An end that cannot be read is no end that can be trusted to lie ahead.
  return typeof key.not_after === 'string' && !(now < Date.parse(key.not_after) / 1000);
}

/** Everything that is settled after it. Only a genuine payload is believed. */
function judge({ payload }: Candidate, genuine: boolean, options: VerifyOptions): Verdict {
  if (!genuine) return refuse('BAD_SIGNATURE', 'The license was changed or is forged: its signature does not fit.');
  if (payload.prod !== options.product) {
    return refuse('WRONG_PRODUCT', `The license is for ${payload.prod}, not for ${options.product}.`, payload);
  }
  if (options.issuer !== undefined && payload.iss !== options.issuer) {
    return refuse('WRONG_ISSUER', `The license was issued by ${payload.iss}, not by ${options.issuer}.`, payload);
  }
  return judgeTime(payload, options.now, options.grace ?? 0);
}

function judgeTime(payload: LicensePayload, now: number, grace: number): Verdict {
  if (now < payload.nbf) return refuse('NOT_YET_VALID', `The license is valid from ${day(payload.nbf)} on.`, payload);
  if (now < payload.exp) {
    return { valid: true, code: 'VALID', detail: `The license is valid until ${day(payload.exp)}.`, payload };
  }
  const detail = `The license expired on ${day(payload.exp)}.`;
  return now < payload.exp + grace
    ? { valid: true, code: 'IN_GRACE', detail, payload }
    : refuse('EXPIRED', detail, payload);
}

const LAST_DAY = 8_640_000_000_000;
const day = (seconds: number): string =>
  seconds > LAST_DAY ? 'the end of time' : new Date(seconds * 1000).toISOString().slice(0, 10);
