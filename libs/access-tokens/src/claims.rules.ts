import { InvalidToken } from '#contracts';
import type { Claims } from './jws.rules.js';

/** Seconds by which two clocks of ours may differ (R-JW5: at most 60). */
export const LEEWAY = 30;

/** An access token that holds: who, for which client, until when. Times are Unix seconds. */
export interface VerifiedToken {
  kid: string;
  sub: string;
  jti: string;
  sid?: string;
  /** The paired device whose token it is; a person's has none. */
  device_id?: string;
  client_id: string;
  aud: string[];
  exp: number;
  iat: number;
  roles: string[];
  amr: string[];
  auth_time: number;
  /** The member of staff who acts in the name of `sub` (`act`, RFC 8693 §4.1). */
  impersonator_id?: string;
  /** What it is limited to; a person's token without any is good for everything. */
  scopes: string[];
}

const text = (value: unknown, max = 255): string => {
  if (typeof value !== 'string' || value === '' || value.length > max) throw InvalidToken.with();
  return value;
};

const seconds = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw InvalidToken.with();
  return value;
};

const actorIn = (act: unknown): string => text((act as { sub?: unknown } | null)?.sub);

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map((item) => text(item)) : []);

/** A claim that limits a token to nothing at all must not read as one that limits it in nothing. */
function scopesIn(claim: string): string[] {
  const scopes = claim.split(' ').filter(Boolean);
  if (!scopes.length) throw InvalidToken.with();
  return scopes;
}

/**
 * Checks the claims that every access token has (RFC 9068 §2.2) against `issuer` and the clock.
 * @param kid the key that signed them
 * @param now Unix seconds
 * @throws Refusal `invalid_token`
 */
export function readClaims(claims: Claims, kid: string, issuer: string, now: number): VerifiedToken {
  if (claims.iss !== issuer) throw InvalidToken.with();
  const token: VerifiedToken = {
    kid,
    sub: text(claims.sub),
    jti: text(claims.jti),
    sid: claims.sid === undefined ? undefined : text(claims.sid),
    ...(claims.device_id === undefined ? {} : { device_id: text(claims.device_id) }),
    ...(claims.act === undefined ? {} : { impersonator_id: actorIn(claims.act) }),
    client_id: text(claims.client_id),
    aud: Array.isArray(claims.aud) ? texts(claims.aud) : [text(claims.aud)],
    exp: seconds(claims.exp),
    iat: seconds(claims.iat),
    roles: texts(claims.roles),
    amr: texts(claims.amr),
    auth_time: claims.auth_time === undefined ? 0 : seconds(claims.auth_time),
    scopes: claims.scope === undefined ? [] : scopesIn(text(claims.scope, 2048)),
  };
  const notBefore = claims.nbf === undefined ? token.iat : seconds(claims.nbf);
  if (isExpired(token, now) || notBefore > now + 2 * LEEWAY) throw InvalidToken.with();
  return token;
}

export const isExpired = (token: { exp: number }, now: number): boolean => token.exp + LEEWAY <= now;
