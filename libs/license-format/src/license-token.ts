import { fromBase64url } from './base64url.js';
import { dayOf } from './verdict.js';

/** Audience of every license token. */
export const LICENSE_AUDIENCE = 'gatehouse-license';
const TYP = 'license+jwt';
const MAX_TOKEN_LENGTH = 8192;

/** A public key of `/.well-known/jwks.json` (RFC 7517), or one that was built in. */
export interface LicenseTokenKey {
  kid: string;
  kty: 'RSA';
  n: string;
  e: string;
}

/** What a license token says; the account's id is all that it tells of the person. Times are whole Unix seconds. */
export interface LicenseClaims {
  iss: string;
  sub: string;
  aud: string;
  iat: number;
  exp: number;
  jti: string;
  plan: string;
  features: string[];
  max_offline_days: number;
}

export interface LicenseTokenOptions {
  /** Unix seconds. */
  now: number;
  issuer: string;
}

/** What a verifier finds in a license token. `claims` are there only when the signature is genuine. */
export type LicenseTokenVerdict =
  | { valid: true; code: 'VALID'; detail: string; claims: LicenseClaims }
  | {
      valid: false;
      code: 'MALFORMED' | 'UNKNOWN_KEY' | 'BAD_SIGNATURE' | 'WRONG_ISSUER' | 'EXPIRED';
      detail: string;
      claims?: LicenseClaims;
    };

const refused = (
  code: Exclude<LicenseTokenVerdict['code'], 'VALID'>,
  detail: string,
  claims?: LicenseClaims,
): LicenseTokenVerdict => ({ valid: false, code, detail, ...(claims && { claims }) });

/**
 * Judges a license token offline with WebCrypto. RS256 of the right type and nothing else is believed (RFC 8725 §3.1,
 * §3.11); keys that the token brings along are not looked at. Never throws on account of the token.
 * @param keys the license keys of the issuer, held since the last time online or built in
 */
export async function verifyLicenseToken(
  token: unknown,
  keys: readonly LicenseTokenKey[],
  options: LicenseTokenOptions,
): Promise<LicenseTokenVerdict> {
  const parts = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH ? token.split('.') : [];
  const [header, claims] = [readJson(parts[0]), readJson(parts[1])];
  const signature = fromBase64url(parts[2] ?? '');
  if (parts.length !== 3 || !header || !signature || header.alg !== 'RS256' || header.typ !== TYP || header.crit) {
    return refused('MALFORMED', 'This is no license token.');
  }
  if (!isLicenseClaims(claims)) return refused('MALFORMED', 'The license token does not say what it must.');
  const key = keys.find(({ kid }) => kid === header.kid);
  if (!key)
    return refused('UNKNOWN_KEY', 'The license token is signed with a key that this application does not know.');
  if (!(await isGenuine(key, `${parts[0]}.${parts[1]}`, signature))) {
    return refused('BAD_SIGNATURE', 'The license token was changed or is forged.');
  }
  return judge(claims, options);
}

function judge(claims: LicenseClaims, { now, issuer }: LicenseTokenOptions): LicenseTokenVerdict {
  if (claims.iss !== issuer) {
    return refused('WRONG_ISSUER', `The license token was issued by ${claims.iss}, not by ${issuer}.`, claims);
  }
  if (now >= claims.exp) return refused('EXPIRED', `The license token expired on ${dayOf(claims.exp)}.`, claims);
  return { valid: true, code: 'VALID', detail: `The license token is valid until ${dayOf(claims.exp)}.`, claims };
}

async function isGenuine({ n, e }: LicenseTokenKey, text: string, signature: Uint8Array): Promise<boolean> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const jwk = { kty: 'RSA', n, e, alg: 'RS256', ext: true };
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm.name, key, new Uint8Array(signature), new TextEncoder().encode(text));
}

function readJson(part: string | undefined): Record<string, unknown> | undefined {
  const bytes = fromBase64url(part ?? '');
  if (!bytes?.length) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isLicenseClaims(claims: unknown): claims is LicenseClaims {
  const c = claims as LicenseClaims | undefined;
  const texts = [c?.iss, c?.sub, c?.jti, c?.plan];
  const numbers = [c?.iat, c?.exp, c?.max_offline_days];
  return (
    c?.aud === LICENSE_AUDIENCE &&
    texts.every((value) => typeof value === 'string' && value !== '') &&
    numbers.every((value) => Number.isSafeInteger(value) && value! >= 0) &&
    Array.isArray(c.features) &&
    c.features.every((feature) => typeof feature === 'string')
  );
}
