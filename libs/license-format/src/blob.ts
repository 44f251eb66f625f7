import {
  envelopeInput,
  readSigned,
  sealEnvelope,
  SIGNATURE_LENGTH,
  type Malformed,
  type SignedText,
} from './envelope.js';
import { encodePayload, MAX_PAYLOAD_BYTES, payloadProblem, type LicensePayload } from './payload.js';

/** Begins every blob, and is signed with it: a signature made for anything else fits no blob. */
export const BLOB_PREFIX = 'DTLIC2:';
/** Most characters that a blob has. */
export const MAX_BLOB_LENGTH = BLOB_PREFIX.length + Math.ceil((MAX_PAYLOAD_BYTES * 4) / 3) + 1 + SIGNATURE_LENGTH;

const BLOB = {
  prefix: BLOB_PREFIX,
  maxLength: MAX_BLOB_LENGTH,
  codec: { problem: payloadProblem, encode: encodePayload },
};

/** A blob that is well-formed; whether it is genuine is another question. */
export type ParsedBlob = SignedText<LicensePayload>;

/**
 * The bytes to sign for `payload`: the ASCII text of the blob up to its dot, prefix included.
 * @throws RangeError when the payload is not valid.
 */
export const signingInput = (payload: LicensePayload): Uint8Array => envelopeInput(BLOB_PREFIX, encodePayload(payload));

/**
 * The blob from what was signed and its signature.
 * @param signed what {@link signingInput} gave.
 * @param signature 64 bytes of Ed25519.
 * @throws RangeError when these cannot make a blob.
 */
export function assembleBlob(signed: Uint8Array, signature: Uint8Array): string {
  const blob = sealEnvelope(signed, signature);
  const parsed = parseBlob(blob);
  if ('problem' in parsed) throw new RangeError(parsed.problem);
  return blob;
}

/**
 * Reads a blob strictly. There is exactly one text for a payload and a signature: padding, white space,
 * spare bits, another order, doubled or unknown members, and numbers written otherwise are all refused.
 * Never throws, whatever it is given.
 */
export const parseBlob = (blob: unknown): ParsedBlob | Malformed => readSigned(blob, BLOB);
