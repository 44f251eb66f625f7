import type { SharedTokens } from './tabs.js';
import type { TokenSet } from './wire.js';

/** Tokens of the session, in memory only. */
export interface HeldTokens extends SharedTokens {
  /** Of clients without a cookie. */
  refresh?: string;
}

const REFRESH_AHEAD_MS = 60_000;

/**
 * @param askedAt when the request was sent: the token is at least that old, and only durations are taken from the server,
 * so a wrong clock does no harm
 */
export const heldFrom = (set: TokenSet, askedAt: number): HeldTokens => ({
  access: set.access_token,
  obtainedAt: askedAt,
  expiresAt: askedAt + set.expires_in * 1_000,
  user: set.user,
  refresh: set.refresh_token,
});

/** What other tabs may know. */
export const shared = ({ access, obtainedAt, expiresAt, user, turn }: SharedTokens): SharedTokens => ({
  access,
  obtainedAt,
  expiresAt,
  user,
  turn,
});

/** Whether tokens came after others. Those of a time that is yet to come are of before the clock was set back. */
export function isLater(tokens: SharedTokens, others: SharedTokens, now: number): boolean {
  const [at, before] = [tokens, others].map(({ obtainedAt }) => (obtainedAt > now ? -Infinity : obtainedAt));
  return at === before ? (tokens.turn ?? 0) > (others.turn ?? 0) : at! > before!;
}

/** When to get the next tokens: a minute before the end of these, of short-lived ones at four fifths of their life. */
export const dueAt = ({ obtainedAt, expiresAt }: SharedTokens): number =>
  expiresAt - Math.min(REFRESH_AHEAD_MS, (expiresAt - obtainedAt) / 5);

/** Whether a token may be sent. A clock that was set back before the token's time says nothing about it: then it may not. */
export const usable = (tokens: SharedTokens, now: number): boolean => now >= tokens.obtainedAt && now < dueAt(tokens);

/** Time for a request to arrive while its token still holds. */
const ON_ITS_WAY_MS = 5_000;

/** Whether a token, due for renewal or not, is still accepted. */
export const alive = (tokens: SharedTokens, now: number): boolean =>
  now >= tokens.obtainedAt && now < Math.max(dueAt(tokens), tokens.expiresAt - ON_ITS_WAY_MS);
