import { fromBase64url, toBase64url } from './base64url.js';

const SIGNATURE_BYTES = 64;
/** Characters of a signature in base64url. */
export const SIGNATURE_LENGTH = 86;
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A signed text: `prefix base64url(JSON) "." base64url(signature)`; the signature is over what stands before the dot. */
interface Envelope {
  /** The bytes of the JSON. */
  body: Uint8Array;
  /** The bytes that were signed. */
  signed: Uint8Array;
  /** 64 bytes, Ed25519. */
  signature: Uint8Array;
}

/** A text that is none. */
export interface Malformed {
  /** A sentence's part for the reader; it repeats nothing of the input. */
  problem: string;
}

/** The bytes to sign for a body: prefix included, so that a signature made for one kind of text fits no other. */
export const envelopeInput = (prefix: string, body: Uint8Array): Uint8Array =>
  encoder.encode(prefix + toBase64url(body));

/** The text from what was signed and its signature. */
export const sealEnvelope = (signed: Uint8Array, signature: Uint8Array): string =>
  `${new TextDecoder().decode(signed)}.${toBase64url(signature)}`;

/** Reads a signed text strictly. Never throws, whatever it is given. */
function openEnvelope(text: unknown, prefix: string, maxLength: number): Envelope | Malformed {
  if (typeof text !== 'string') return { problem: 'it is not a text' };
  if (text.length > maxLength) return { problem: `it is longer than ${maxLength} characters` };
  if (!text.startsWith(prefix)) return { problem: `it does not begin with ${prefix}` };
  const dot = text.indexOf('.');
  if (dot < 0) return { problem: 'it has no signature' };
  const body = fromBase64url(text.slice(prefix.length, dot));
  const signature = fromBase64url(text.slice(dot + 1));
  if (!body || !signature) return { problem: 'it is not base64url in canonical form' };
  if (signature.length !== SIGNATURE_BYTES) return { problem: `its signature is not ${SIGNATURE_BYTES} bytes long` };
  return { body, signed: encoder.encode(text.slice(0, dot)), signature };
}

/** How a kind of payload is checked and written. */
export interface Codec<T> {
  /** What keeps a value from being a payload, or `null`. */
  problem: (value: unknown) => string | null;
  /** The one encoding of a payload. */
  encode: (payload: T) => Uint8Array;
}

/**
 * Reads a payload of which there is exactly one encoding: white space, another order, doubled or unknown members,
 * and numbers written otherwise are all refused.
 */
function decodeCanonical<T>(bytes: Uint8Array, codec: Codec<T>): { payload: T } | Malformed {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return { problem: 'its payload is not JSON in UTF-8' };
  }
  const problem = codec.problem(value);
  if (problem !== null) return { problem };
  const payload = value as T;
  // JSON.parse forgives doubled members, white space and 1e3; comparing with the one encoding forgives nothing.
  return sameBytes(codec.encode(payload), bytes) ? { payload } : { problem: 'its payload is not in canonical form' };
}

/** A kind of signed text. */
export interface SignedKind<T> {
  prefix: string;
  /** Most characters that it has. */
  maxLength: number;
  codec: Codec<T>;
}

/** A signed text that is well-formed; whether it is genuine is another question. */
export interface SignedText<T> {
  payload: T;
  /** The bytes that were signed. */
  signed: Uint8Array;
  /** 64 bytes, Ed25519. */
  signature: Uint8Array;
}

/** Reads a signed text and its payload strictly. Never throws, whatever it is given. */
export function readSigned<T>(text: unknown, { prefix, maxLength, codec }: SignedKind<T>): SignedText<T> | Malformed {
  const envelope = openEnvelope(text, prefix, maxLength);
  if ('problem' in envelope) return envelope;
  const { body, signed, signature } = envelope;
  const decoded = decodeCanonical(body, codec);
  return 'problem' in decoded ? decoded : { payload: decoded.payload, signed, signature };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
