import { verify, type KeyObject } from 'node:crypto';
import { InvalidToken } from '#contracts';

/** `typ` of the tokens that Gatehouse's own services accept. */
export type TokenType = 'at+jwt' | 'device+jwt' | 'JWT';

/** A public key with the one algorithm and the one kind of token it may be used with (RFC 8725 §3.1, §3.11). */
export interface VerificationKey {
  kid: string;
  typ: TokenType;
  alg: string;
  key: KeyObject;
}

/** Claims of a token whose signature held; nothing else about them is checked yet. */
export type Claims = Record<string, unknown>;

interface Header {
  alg?: unknown;
  kid?: unknown;
  typ?: unknown;
}

/** Header members by which a token would bring its own key or ask for rules that we do not know. */
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];

const MAX_TOKEN_LENGTH = 16_384;
const SEGMENT = /^[A-Za-z0-9_-]+$/;

const decode = (segment: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object');
  return value as Record<string, unknown>;
};

/** Splits a compact JWS without trusting it. @throws Refusal `invalid_token`. */
export function readHeader(token: string): { header: Header; segments: [string, string, string] } {
  const segments = token.length <= MAX_TOKEN_LENGTH ? token.split('.') : [];
  if (segments.length !== 3 || !segments.every((s) => SEGMENT.test(s))) throw InvalidToken.with();
  try {
    const header = decode(segments[0]!);
    if (REFUSED_MEMBERS.some((m) => m in header)) throw new Error('refused header member');
    return { header, segments: segments as [string, string, string] };
  } catch {
    throw InvalidToken.with();
  }
}

function signatureHolds(alg: string, key: KeyObject, input: Buffer, signature: Buffer): boolean {
  if (alg === 'RS256') return verify('sha256', input, key, signature);
  if (alg === 'ES256') return verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (alg === 'EdDSA') return verify(null, input, key, signature);
  return false;
}

/**
 * Checks type, algorithm and signature of a compact JWS (RFC 7515) and returns its claims.
 * @throws Refusal `invalid_token`, also when the key is for another `typ` than the token has (RFC 9068 §4)
 */
export function verifySignature(token: string, key: VerificationKey): Claims {
  const { header, segments } = readHeader(token);
  if (header.typ !== key.typ || header.alg !== key.alg || header.kid !== key.kid) throw InvalidToken.with();
  const input = Buffer.from(`${segments[0]}.${segments[1]}`, 'ascii');
  try {
    if (!signatureHolds(key.alg, key.key, input, Buffer.from(segments[2], 'base64url'))) throw new Error('signature');
    return decode(segments[1]);
  } catch {
    throw InvalidToken.with();
  }
}
