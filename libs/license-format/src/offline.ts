import type { LicenseClaims, LicenseTokenVerdict } from './license-token.js';
import { dayOf } from './verdict.js';

const DAY = 86_400;

/**
 * What a client keeps between its starts, wherever it keeps its settings. Times are whole Unix seconds.
 * A person who deletes it gains nothing: without it only a fresh token from the server counts.
 */
export interface OfflineState {
  /** The last time that the server was reached, by the server's clock. */
  last_online: number;
  /** The latest time that this machine's clock has credibly shown. */
  high_water: number;
  /** A time far ahead that the clock has shown, and is believed only when it goes on showing it. */
  leap?: number;
}

/** Whether a product may be used without the network, and what to tell the person. */
export interface OfflineVerdict {
  allowed: boolean;
  /**
   * - `ALLOWED`
   * - `CLOCK_ROLLBACK`: allowed, as judged by the latest time that the clock has shown; it was set back
   * - `REFRESH_NEEDED`: the last time online is more than `max_offline_days` ago; going online mends it
   * - `EXPIRED`, and every other refusal of the license token: going online for a new token mends it
   */
  code: 'ALLOWED' | 'CLOCK_ROLLBACK' | 'REFRESH_NEEDED' | Exclude<LicenseTokenVerdict['code'], 'VALID'>;
  detail: string;
  /** To be kept for the next time, whatever the verdict. */
  state: OfflineState;
  claims?: LicenseClaims;
}

/** How far a clock may go back before it counts as set back: summer time, travel, a dead battery's few hours. */
const TOLERANCE = DAY;
/** A clock that is further ahead than this since it was seen last is not believed at once. */
const LEAP = 60 * DAY;
/** For how long a leap has to stand before it is believed. */
const LEAP_STANDS = DAY;

/**
 * The state after the server was reached.
 * @param serverTime Unix seconds by the server's clock: the `Date` of its answer, or `iat` of the token just fetched
 */
export const wentOnline = (serverTime: number): OfflineState => ({
  last_online: Math.floor(serverTime),
  high_water: Math.floor(serverTime),
});

/**
 * The state after the clock was looked at. A clock that once shows the year 2151 must not lock anybody out for good:
 * a leap ahead counts only when the clock still shows it a day later.
 * @param now Unix seconds by this machine's clock
 */
export function observeClock(state: OfflineState, now: number): OfflineState {
  const seen = Math.floor(now);
  const { leap, ...rest } = state;
  if (seen <= rest.high_water + LEAP) return { ...rest, high_water: Math.max(rest.high_water, seen) };
  if (leap === undefined || seen < leap) return { ...rest, leap: seen };
  return seen >= leap + LEAP_STANDS ? { ...rest, high_water: seen } : state;
}

/**
 * The time to judge a license by: the clock's, unless it was set back; then the latest that it has shown.
 * @param now Unix seconds by this machine's clock
 */
export const effectiveTime = (state: OfflineState, now: number): number =>
  isSetBack(state, now) ? state.high_water : now;

const isSetBack = (state: OfflineState, now: number): boolean => now < state.high_water - TOLERANCE;

/**
 * Offline use is allowed while the license token holds and the last time online is no more than its
 * `max_offline_days` ago.
 * @param token the verdict of `verifyLicenseToken` at `effectiveTime(state, now)`
 * @param now Unix seconds by this machine's clock
 */
export function judgeOffline(token: LicenseTokenVerdict, before: OfflineState, now: number): OfflineVerdict {
  const state = observeClock(before, now);
  if (!token.valid) return { allowed: false, code: token.code, detail: token.detail, state, claims: token.claims };
  const { claims } = token;
  const end = before.last_online + claims.max_offline_days * DAY;
  if (effectiveTime(before, now) > end) {
    const detail = `The last check online was on ${dayOf(before.last_online)}; go online once to go on.`;
    return { allowed: false, code: 'REFRESH_NEEDED', detail, state, claims };
  }
  if (isSetBack(before, now)) {
    const detail = `This machine’s clock was set back; ${dayOf(before.high_water)} counts until it is right again.`;
    return { allowed: true, code: 'CLOCK_ROLLBACK', detail, state, claims };
  }
  const detail = `Usable offline until ${dayOf(Math.min(end, claims.exp))}.`;
  return { allowed: true, code: 'ALLOWED', detail, state, claims };
}
