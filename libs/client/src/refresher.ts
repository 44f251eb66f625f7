import { fullJitter } from './backoff.js';
import { NoAnswerError, ProblemError, SignedOutError } from './errors.js';
import { heldFrom, type HeldTokens } from './held-tokens.js';
import { jsonBody, type Http } from './http.js';
import { pause } from './timers.js';
import type { TokenSet } from './wire.js';

/** Where a client without a cookie keeps its refresh token: a keychain, a file. Never a browser's storage. */
export interface RefreshTokenStore {
  load(): Promise<string | undefined>;
  /** @param token undefined: the session is over */
  save(token: string | undefined): Promise<void>;
}

/**
 * An answer may be lost after the server has acted. For 30 seconds it answers the same token with the same successor, so the
 * tries are many within that time, and whoever waits does not wait longer.
 */
const RETRY_FOR_MS = 25_000;
const RETRY = { baseMs: 250, capMs: 4_000 };

/** Exchanges a refresh token, the cookie's or the one that is held, for new tokens. */
export class Refresher {
  constructor(
    private readonly http: Http,
    private readonly platform: { now: () => number; random: () => number },
    private readonly store?: RefreshTokenStore,
  ) {}

  /**
   * @param held the refresh token in memory, of a client without a cookie
   * @throws SignedOutError when the server ends the session, NoAnswerError or ProblemError when it could not be asked
   */
  async refresh(held: string | undefined, signal: AbortSignal): Promise<HeldTokens> {
    const end = performance.now() + RETRY_FOR_MS;
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.ask(held, signal);
      } catch (error) {
        signal.throwIfAborted();
        const wait = waitAfter(error, fullJitter(RETRY, failures, this.platform.random));
        if (wait === undefined || performance.now() + wait >= end) throw error;
        await pause(wait, signal);
      }
    }
  }

  private async ask(held: string | undefined, signal: AbortSignal, again = true): Promise<HeldTokens> {
    // Another process with the same store may have refreshed meanwhile.
    const refresh = (await this.store?.load()) ?? held;
    const askedAt = this.platform.now();
    try {
      const body = refresh === undefined ? {} : { refresh_token: refresh };
      const set = await this.http.json<TokenSet>('/v1/auth/refresh', { ...jsonBody('POST', body), signal });
      return heldFrom(set, askedAt);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      // Between the look into the store and the answer, too.
      const changed = again && this.store && (await this.store.load()) !== refresh;
      if (changed) return this.ask(held, signal, false);
      throw new SignedOutError(error.code);
    }
  }
}

/** Milliseconds until the same request may be sent again; undefined: never. */
function waitAfter(error: unknown, jitter: number): number | undefined {
  if (error instanceof NoAnswerError) return jitter;
  if (error instanceof ProblemError && error.temporary) return Math.max(error.extras.retryAfterMs ?? 0, jitter);
  return undefined;
}
