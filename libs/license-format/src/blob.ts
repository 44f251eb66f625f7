import { fromBase64url, toBase64url } from './base64url.js';
import { encodePayload, MAX_PAYLOAD_BYTES, payloadProblem, type LicensePayload } from './payload.js';

/** Begins every blob, and what is signed with it: a signature made for anything else fits no blob. */
export const BLOB_PREFIX = 'DTLIC2:';
const SIGNATURE_BYTES = 64;
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Most characters that a blob has. */
export const MAX_BLOB_LENGTH = BLOB_PREFIX.length + Math.ceil((MAX_PAYLOAD_BYTES * 4) / 3) + 1 + 86;

/** A blob that is well-formed; whether it is genuine is another question. */
export interface ParsedBlob {
  payload: LicensePayload;
  /** The bytes that were signed. */
  signed: Uint8Array;
  /** 64 bytes, Ed25519. */
  signature: Uint8Array;
}

export interface MalformedBlob {
  /** A sentence's part for the reader; it repeats nothing of the input. */
  problem: string;
}

/**
 * The bytes to sign for `payload`: the ASCII text of the blob up to its dot, prefix included.
 * @throws RangeError when the payload is not valid.
 */
export const signingInput = (payload: LicensePayload): Uint8Array =>
  encoder.encode(BLOB_PREFIX + toBase64url(encodePayload(payload)));

/**
 * The blob from what was signed and its signature.
 * @param signed what {@link signingInput} gave.
 * @param signature 64 bytes of Ed25519.
 * @throws RangeError when these cannot make a blob.
 */
export function assembleBlob(signed: Uint8Array, signature: Uint8Array): string {
  const blob = `${new TextDecoder().decode(signed)}.${toBase64url(signature)}`;
  const parsed = parseBlob(blob);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return blob;
}

/**
 * Reads a blob strictly. There is exactly one text for a payload and a signature: padding, white space,
 * spare bits, another order, doubled or unknown members, and numbers written otherwise are all refused.
 * Never throws, whatever it is given.
 */
export function parseBlob(blob: unknown): ParsedBlob | MalformedBlob {
  if (typeof blob !== 'string') return { problem: 'it is not a text' };
  if (blob.length > MAX_BLOB_LENGTH) return { problem: `it is longer than ${MAX_BLOB_LENGTH} characters` };
  if (!blob.startsWith(BLOB_PREFIX)) return { problem: `it does not begin with ${BLOB_PREFIX}` };
  const dot = blob.indexOf('.');
  if (dot < 0) return { problem: 'it has no signature' };
  const body = fromBase64url(blob.slice(BLOB_PREFIX.length, dot));
  const signature = fromBase64url(blob.slice(dot + 1));
  if (!body || !signature) return { problem: 'it is not base64url in canonical form' };
  if (signature.length !== SIGNATURE_BYTES) return { problem: `its signature is not ${SIGNATURE_BYTES} bytes long` };
  const payload = decodePayload(body);
  return 'problem' in payload
    ? payload
    : { payload: payload.payload, signed: encoder.encode(blob.slice(0, dot)), signature };
}

function decodePayload(bytes: Uint8Array): { payload: LicensePayload } | MalformedBlob {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return { problem: 'its payload is not JSON in UTF-8' };
  }
  const problem = payloadProblem(value);
  if (problem !== null) return { problem };
  const payload = value as LicensePayload;
  // JSON.parse forgives doubled members, white space and 1e3; comparing with the one encoding forgives nothing.
  return sameBytes(encodePayload(payload), bytes) ? { payload } : { problem: 'its payload is not in canonical form' };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
