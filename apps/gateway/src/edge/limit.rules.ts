import { createHash } from 'node:crypto';
import type { GatewayConfig } from '../gateway.config.js';

export const LIMIT_NAMES = [
  'login',
  'register',
  'verify',
  'forgot',
  'portal_link',
  'token',
  'validate',
  'device_start',
  'pairing_claim',
  'webhook',
  'producer',
  'any',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** So many requests in so many milliseconds, all at once or evenly. */
export interface Limit {
  name: LimitName;
  requests: number;
  periodMs: number;
  /** Every request is counted in the shared store before it goes on; else the stores catch up once a second. */
  strict: boolean;
}

const MINUTE = 60_000;

/** The limits per client address that the configuration asks for. */
export function limitsOf(config: GatewayConfig): Record<LimitName, Limit> {
  const factor = config.rateLimitFactor;
  const limit = (name: LimitName, requests: number, periodMs: number, strict: boolean): Limit => ({
    name,
    requests: requests * factor,
    periodMs,
    strict,
  });
  return {
    login: limit('login', config.limitLogin, MINUTE, true),
    register: limit('register', config.limitRegister, MINUTE, true),
    forgot: limit('forgot', config.limitForgot, 60 * MINUTE, true),
    portal_link: limit('portal_link', config.limitForgot, 60 * MINUTE, true),
    verify: limit('verify', config.limitVerify, 60 * MINUTE, true),
    token: limit('token', config.limitToken, MINUTE, false),
    validate: limit('validate', config.limitValidate, MINUTE, false),
    device_start: limit('device_start', config.limitDeviceStart, MINUTE, true),
    pairing_claim: limit('pairing_claim', config.limitPairingClaim, MINUTE, true),
    webhook: limit('webhook', config.limitWebhook, MINUTE, false),
    producer: limit('producer', config.limitProducer, MINUTE, false),
    any: limit('any', config.limitAny, MINUTE, false),
  };
}

/** What the limiter says about one request. */
export interface Verdict {
  allowed: boolean;
  /** Theoretical arrival time after this request, Unix milliseconds; unchanged when it is refused. */
  tat: number;
  /** Requests that may follow at once. */
  remaining: number;
  /** Milliseconds until a refused request may come again. */
  retryAfterMs: number;
  /** Milliseconds until the whole allowance is back. */
  resetMs: number;
}

/**
 * GCRA: one number per key says it all, so the store needs one compare-and-set.
 * @param tat theoretical arrival time so far, Unix milliseconds
 */
export function decide(limit: Limit, tat: number, now: number): Verdict {
  const interval = limit.periodMs / limit.requests;
  const start = Math.max(tat, now);
  const ahead = start + interval - now;
  // A thousandth of slack, so that rounding never takes the last request away.
  const allowed = ahead <= limit.periodMs + interval / 1000;
  const after = allowed ? start + interval : start;
  return {
    allowed,
    tat: after,
    remaining: Math.max(0, Math.floor((limit.periodMs - (after - now)) / interval + 1e-6)),
    retryAfterMs: allowed ? 0 : ahead - limit.periodMs,
    resetMs: after - now,
  };
}

/** Key of a limit's entry: addresses are personal data, so the store sees a digest. */
export const limitKey = (name: LimitName, block: string): string =>
  `${name}.${createHash('sha256').update(`gatehouse limits\0${block}`).digest('base64url').slice(0, 32)}`;
