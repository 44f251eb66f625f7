import { createHash } from 'node:crypto';
import type { Standing } from '../entitlements/entitlements.service.js';
import type { StoredToken } from './license-tokens.repository.js';

/** Audience of every license token; no access token has it. */
export const LICENSE_AUDIENCE = 'gatehouse-license';
const DAY_MS = 86_400_000;
const DAY = 86_400;
const MOST_DAYS = 90;

/** The claims of a license token: the account's id and no other personal data. */
export interface LicenseClaims extends Record<string, unknown> {
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

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);

/** What a token for this standing says. It never outlives the plan that it states. */
export function claimsOf(standing: Standing, issuer: string, jti: string, ttl: number, now: Date): LicenseClaims {
  const iat = seconds(now);
  const end = standing.expires_at ? seconds(standing.expires_at) : Infinity;
  return {
    iss: issuer,
    sub: standing.user_id,
    aud: LICENSE_AUDIENCE,
    iat,
    exp: Math.max(iat + 1, Math.min(iat + ttl, end)),
    jti,
    plan: standing.plan,
    features: standing.features,
    max_offline_days: standing.max_offline_days,
  };
}

/**
 * Seconds that a token lives which no client's policy has a say in: at least the configured ones, and no shorter than the
 * plan lets its holder stay offline; else whoever asked last would be sent back online first. At most 90 days.
 */
export const lifetimeOf = ({ max_offline_days }: Standing, configured: number): number =>
  Math.max(configured, Math.min(max_offline_days, MOST_DAYS) * DAY);

/** Digest of everything that a token says besides its own id and times. */
export function statementOf(standing: Standing, issuer: string): string {
  const { plan, features, expires_at, max_offline_days } = standing;
  const text = JSON.stringify([issuer, plan, features, expires_at, max_offline_days]);
  return createHash('sha256').update(text).digest('base64url');
}

/** Tokens issued before this are signed again although they say the same. */
export const staleBefore = (now: Date): Date => new Date(now.getTime() - DAY_MS);

/** Whether a stored token is handed out: it says the same, is under a day old and still valid. */
export const isFresh = (token: StoredToken, standing: Standing, issuer: string, now: Date): boolean =>
  token.version === standing.version &&
  token.states === statementOf(standing, issuer) &&
  token.issued_at > staleBefore(now) &&
  token.expires_at > now;
