import { envelopeInput, readSigned, sealEnvelope, SIGNATURE_LENGTH, type Malformed } from './envelope.js';
import { webCryptoVerifier, type Ed25519Verifier } from './ed25519.js';
import { isLicenseKey } from './license-key.js';
import type { LicensePublicKey } from './license-public-key.js';
import { encodeMembers, membersProblem, text, whole, type Check, type Members } from './members.js';
import { trustedKey } from './trusted-key.js';
import { refuse, type Refusal, type RefusalCode } from './verdict.js';

/** Begins every revocation list, and is signed with it. */
export const REVOCATIONS_PREFIX = 'DTCRL1:';
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_LENGTH = REVOCATIONS_PREFIX.length + Math.ceil((MAX_BYTES * 4) / 3) + 1 + SIGNATURE_LENGTH;

/** The licenses of a product that are out of force, as of a moment. Times are whole Unix seconds. */
export interface RevocationList {
  /** Version of the format. */
  v: 1;
  /** Id of the key that signed it. */
  kid: string;
  iss: string;
  prod: string;
  /** Number of the list; a later one has a higher number and replaces it whole. */
  seq: number;
  iat: number;
  /** When there is a newer one at the latest: a client that may go online asks again by then. */
  next: number;
  /** License keys in canonical form, sorted, each once. */
  keys: string[];
}

const sortedKeys: Check = (value) =>
  Array.isArray(value) && value.every((key, i) => isLicenseKey(key) && (i === 0 || value[i - 1] < key));

const MEMBERS: Members<RevocationList> = [
  ['v', (value) => value === 1],
  ['kid', text(64)],
  ['iss', text(128)],
  ['prod', text(64)],
  ['seq', whole],
  ['iat', whole],
  ['next', whole],
  ['keys', sortedKeys],
];
const CODEC = {
  problem: (value: unknown) => membersProblem(value, MEMBERS),
  encode: (list: RevocationList) => encodeMembers(list, MEMBERS, MAX_BYTES),
};

/** The bytes to sign for a list. @throws RangeError when the list is not valid */
export const revocationsInput = (list: RevocationList): Uint8Array =>
  envelopeInput(REVOCATIONS_PREFIX, CODEC.encode(list));

/** The list as text, from what was signed and its signature. @throws RangeError when these make no list */
export function assembleRevocations(signed: Uint8Array, signature: Uint8Array): string {
  const sealed = sealEnvelope(signed, signature);
  const parsed = parseRevocations(sealed);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return sealed;
}

/** Reads a list strictly; whether it is genuine is another question. Never throws. */
export function parseRevocations(
  sealed: unknown,
): { list: RevocationList; signed: Uint8Array; signature: Uint8Array } | Malformed {
  const read = readSigned(sealed, { prefix: REVOCATIONS_PREFIX, maxLength: MAX_LENGTH, codec: CODEC });
  if ('problem' in read) return read;
  const { payload: list, ...rest } = read;
  return { list, ...rest };
}

export interface RevocationsOptions {
  /** Unix seconds. */
  now: number;
  product: string;
  issuer?: string;
  /** Number of the list that is held already; an older one is `OLDER` and must not replace it. */
  heldSeq?: number;
  verifier?: Ed25519Verifier;
}

/** What a verifier finds in a revocation list. */
export type RevocationsVerdict =
  { valid: true; code: 'VALID'; list: RevocationList } | { valid: false; code: RefusalCode | 'OLDER'; detail: string };

/** Judges a revocation list. Never throws on account of the list. */
export async function verifyRevocations(
  sealed: unknown,
  keys: readonly LicensePublicKey[],
  options: RevocationsOptions,
): Promise<RevocationsVerdict> {
  const parsed = parseRevocations(sealed);
  if ('problem' in parsed) return refuse('MALFORMED', `This is no revocation list: ${parsed.problem}.`);
  const { list, signed, signature } = parsed;
  const key = trustedKey(keys, list.kid, options.now, 'revocation list');
  if ('code' in key) return key;
  if (!(await (options.verifier ?? webCryptoVerifier)(key, signed, signature))) {
    return refuse('BAD_SIGNATURE', 'The revocation list was changed or is forged.');
  }
  return misplaced(list, options) ?? { valid: true, code: 'VALID', list };
}

/** Why a genuine list is not for here, or not the newest. */
function misplaced(list: RevocationList, options: RevocationsOptions): Refusal | RevocationsVerdict | undefined {
  const { product, issuer, heldSeq } = options;
  if (list.prod !== product) return refuse('WRONG_PRODUCT', `The list is for ${list.prod}, not for ${product}.`);
  if (issuer !== undefined && list.iss !== issuer) {
    return refuse('WRONG_ISSUER', `The list was issued by ${list.iss}, not by ${issuer}.`);
  }
  if (heldSeq === undefined || list.seq >= heldSeq) return undefined;
  return { valid: false, code: 'OLDER', detail: `The list is number ${list.seq}; number ${heldSeq} is held already.` };
}
