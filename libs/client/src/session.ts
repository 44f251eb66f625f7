import { Emitter } from './emitter.js';
import { problemIn, SignedOutError } from './errors.js';
import { dueAt } from './held-tokens.js';
import { bodyOf, jsonBody, type Http } from './http.js';
import { surroundings, type Platform } from './platform.js';
import type { RefreshTokenStore } from './refresher.js';
import { Timers, unlessAborted } from './timers.js';
import { TokenKeeper, type SessionEvents } from './token-keeper.js';
import type { TokenSet, User } from './wire.js';

export interface SessionOptions {
  /**
   * How the server delivers refresh tokens to this client: in an httpOnly cookie (the default, for web pages), or in the
   * body (for programs).
   */
  delivery?: 'cookie' | 'body';
  /** For clients without a cookie: keeps the refresh token over restarts. */
  store?: RefreshTokenStore;
  platform?: Platform;
}

/** Timers stand still while a machine sleeps, so the clock is looked at this often. */
const LOOK_EVERY_MS = 20_000;
const AT_LEAST_MS = 100;
const WAKING = ['visibilitychange', 'pageshow', 'online', 'focus'];

/** One person's session: the access token in memory, refreshed before it ends, once for all requests and tabs. */
export class Session {
  private readonly events = new Emitter<SessionEvents>();
  private readonly platform: ReturnType<typeof surroundings>;
  private readonly keeper: TokenKeeper;
  private readonly timers = new Timers();
  private stopWatch?: () => void;

  constructor(
    private readonly http: Http,
    { delivery = 'cookie', store, platform }: SessionOptions = {},
  ) {
    this.platform = { ...surroundings(), ...platform };
    this.events.on('signed_in', () => this.watch());
    this.events.on('refreshed', () => this.watch());
    this.events.on('signed_out', () => this.stopWatch?.());
    this.keeper = new TokenKeeper(
      http,
      { hasCookie: delivery === 'cookie', store, platform: this.platform },
      this.events,
    );
    for (const target of this.platform.wakes) for (const type of WAKING) target.addEventListener(type, this.look);
  }

  /** Who is signed in, as the last tokens told. */
  get user(): User | undefined {
    return this.keeper.held?.user;
  }

  on<K extends keyof SessionEvents>(name: K, listener: (value: SessionEvents[K]) => void): () => void {
    return this.events.on(name, listener);
  }

  /** Takes what a sign-in answered. @param askedAt when the sign-in was sent */
  async adopt(set: TokenSet, askedAt = this.platform.now()): Promise<User> {
    await this.keeper.adopt(set, askedAt);
    return set.user;
  }

  /**
   * Goes on with the session that a page or a program had before it was loaded anew.
   * @returns undefined when there is none
   */
  async restore(): Promise<User | undefined> {
    if (!(await this.keeper.lookAround())) return undefined;
    try {
      return (await this.keeper.token()).user;
    } catch (error) {
      if (error instanceof SignedOutError) return undefined;
      throw error;
    }
  }

  /** An access token that the server accepts. @throws SignedOutError */
  async token(signal?: AbortSignal | null): Promise<string> {
    const { access } = await unlessAborted(this.keeper.token(), signal);
    if (this.keeper.due) this.look();
    return access;
  }

  /** Another access token than `stale`, which was refused or is about to end. @throws SignedOutError */
  async renew(stale: string, signal?: AbortSignal | null): Promise<string> {
    const { held } = this.keeper;
    if (held && held.access !== stale) return this.token(signal);
    return (await unlessAborted(this.keeper.next(), signal)).access;
  }

  /**
   * A request as the signed-in person. When the token is refused it is refreshed, and the request sent once more.
   * A body that can be read only once (a stream) is sent only once.
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const token = await this.token(init.signal);
    const response = await this.http.send(path, withBearer(init, token));
    if (!(await refused(response)) || init.body instanceof ReadableStream) return response;
    const next = await this.renew(token, init.signal);
    await response.body?.cancel();
    return this.http.send(path, withBearer(init, next));
  }

  /** `fetch`, with JSON and errors as everywhere. */
  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return bodyOf<T>(await this.fetch(path, init));
  }

  /**
   * Ends the session here, in every tab, and at the server.
   * @throws NoAnswerError when the server could not be told: then a cookie may still hold the session
   */
  async signOut({ everywhere = false } = {}): Promise<void> {
    const { held } = this.keeper;
    await this.keeper.forget('signed_out', true);
    const init = jsonBody('POST', held?.refresh === undefined ? {} : { refresh_token: held.refresh });
    const path = `/v1/auth/logout${everywhere ? '?all=true' : ''}`;
    await this.http.json(path, { ...(held ? withBearer(init, held.access) : init), keepalive: true });
  }

  /** Lets go of timers, channels and requests; the session itself lives on at the server. */
  close(): void {
    for (const target of this.platform.wakes) for (const type of WAKING) target.removeEventListener(type, this.look);
    this.timers.clear();
    this.keeper.close();
    this.events.clear();
  }

  /** Waits for the time of the next refresh. */
  private watch(atLeastMs = AT_LEAST_MS): void {
    this.stopWatch?.();
    const { held } = this.keeper;
    if (!held) return;
    const wait = Math.min(dueAt(held) - this.platform.now(), LOOK_EVERY_MS);
    this.stopWatch = this.timers.after(Math.max(atLeastMs, wait), this.look, true);
  }

  /** Refreshes when it is time; also after a sleep, in which no timer went off. */
  private readonly look = (): void => {
    if (!this.keeper.due) return this.watch();
    // What fails is tried again at the next look, and fails whoever needs a token before.
    this.keeper.next().catch(() => this.watch(LOOK_EVERY_MS));
  };
}

const withBearer = (init: RequestInit, token: string): RequestInit => {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
};

/** 401 with other codes are about something else than the token: a wrong password, or a wish for a fresh sign-in. */
const ABOUT_THE_TOKEN = new Set(['invalid_token', 'unauthenticated', 'http_401']);

async function refused(response: Response): Promise<boolean> {
  return response.status === 401 && ABOUT_THE_TOKEN.has((await problemIn(response.clone())).code);
}
