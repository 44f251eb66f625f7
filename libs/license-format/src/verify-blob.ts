import { parseBlob, type ParsedBlob } from './blob.js';
import { webCryptoVerifier, type Ed25519Verifier, type SyncEd25519Verifier } from './ed25519.js';
import type { LicensePublicKey } from './license-public-key.js';
import type { LicensePayload } from './payload.js';
import { trustedKey } from './trusted-key.js';
import { dayOf, refuse, type Refusal, type Verdict } from './verdict.js';

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
  /** License keys out of force: `keys` of a revocation list that was verified. */
  revoked?: readonly string[];
}

interface Candidate extends ParsedBlob {
  key: Uint8Array;
}

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
  return judge(found, await verifier(found.key, found.signed, found.signature), options);
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
  return judge(found, options.verifier(found.key, found.signed, found.signature), options);
}

/** Everything that is settled before the signature is looked at. */
function candidate(blob: unknown, keys: readonly LicensePublicKey[], now: number): Candidate | Refusal {
  const parsed = parseBlob(blob);
  if ('problem' in parsed) return refuse('MALFORMED', `This is no license: ${parsed.problem}.`);
  const key = trustedKey(keys, parsed.payload.kid, now, 'license');
  return 'code' in key ? key : { ...parsed, key };
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
  if (options.revoked?.includes(payload.key)) return refuse('REVOKED', 'The license was withdrawn.', payload);
  return judgeTime(payload, options.now, options.grace ?? 0);
}

function judgeTime(payload: LicensePayload, now: number, grace: number): Verdict {
  if (now < payload.nbf) return refuse('NOT_YET_VALID', `The license is valid from ${dayOf(payload.nbf)} on.`, payload);
  if (now < payload.exp) {
    return { valid: true, code: 'VALID', detail: `The license is valid until ${dayOf(payload.exp)}.`, payload };
  }
  const detail = `The license expired on ${dayOf(payload.exp)}.`;
  return now < payload.exp + grace
    ? { valid: true, code: 'IN_GRACE', detail, payload }
    : refuse('EXPIRED', detail, payload);
}
