import type { Emitter } from './emitter.js';
import { SignedOutError } from './errors.js';
import { alive, heldFrom, isLater, shared, usable, type HeldTokens } from './held-tokens.js';
import type { Http } from './http.js';
import type { surroundings } from './platform.js';
import { Refresher, type RefreshTokenStore } from './refresher.js';
import { Tabs, type SharedTokens, type TabMessage } from './tabs.js';
import type { TokenSet, User } from './wire.js';

/** What a session tells. */
export interface SessionEvents {
  signed_in: User;
  /** There is a new access token, got by this tab or by another. */
  refreshed: User;
  /** The server's code; `signed_out` after `signOut()`, `elsewhere` when that was in another tab. */
  signed_out: { code: string };
}

/** How the tokens of a session are kept. */
export interface KeeperOptions {
  hasCookie: boolean;
  store?: RefreshTokenStore;
  platform: ReturnType<typeof surroundings>;
}

/** How long a new tab waits for the tokens of another one before it asks the server. */
const ASK_TABS_MS = 150;

/** The tokens of a session, in memory, the same in every tab. */
export class TokenKeeper {
  private readonly refresher: Refresher;
  private readonly tabs?: Tabs;
  private readonly ended = new AbortController();
  private tokens?: HeldTokens;
  private flight?: Promise<HeldTokens>;
  /** Grows with every sign-in and sign-out: answers to requests of the time before count no more. 0: nothing is known yet. */
  private era = 0;
  private outCode = 'signed_out';

  constructor(
    http: Http,
    private readonly options: KeeperOptions,
    private readonly events: Emitter<SessionEvents>,
  ) {
    this.refresher = new Refresher(http, options.platform, options.store);
    // Tabs that share neither a cookie nor a store have a session each, and nothing to tell.
    if (!options.hasCookie && !options.store) return;
    this.tabs = new Tabs(`gatehouse:${http.baseUrl}:${http.clientId ?? ''}`, options.platform, (m) => this.hear(m));
  }

  get held(): HeldTokens | undefined {
    return this.tokens;
  }

  /** Whether it is time for new tokens. */
  get due(): boolean {
    return this.tokens !== undefined && !usable(this.tokens, this.options.platform.now());
  }

  /** An access token that the server accepts. It is not waited for while there is one, even when the next one is due. */
  async token(): Promise<HeldTokens> {
    const held = this.tokens;
    if (held && alive(held, this.options.platform.now())) return held;
    return this.next();
  }

  /** The next tokens: one request for all who wait. */
  next(): Promise<HeldTokens> {
    if (this.ended.signal.aborted || (!this.tokens && this.era > 0)) {
      return Promise.reject(new SignedOutError(this.outCode));
    }
    this.flight ??= this.refreshInTurn(this.era);
    const { flight } = this;
    const over = () => {
      if (this.flight === flight) this.flight = undefined;
    };
    flight.then(over, over);
    return flight;
  }

  async adopt(set: TokenSet, askedAt: number): Promise<void> {
    this.begin();
    await this.options.store?.save(set.refresh_token);
    this.tokens = heldFrom(set, askedAt);
    this.tabs?.tell({ kind: 'signed_in', tokens: shared(this.tokens) });
    this.events.emit('signed_in', set.user);
  }

  /** Asks other tabs for their tokens. @returns false when a refresh cannot bring any either */
  async lookAround(): Promise<boolean> {
    if (this.tokens) return true;
    this.tabs?.tell({ kind: 'asks' });
    await this.tabs?.news(ASK_TABS_MS);
    return this.options.hasCookie || this.tokens !== undefined || (await this.options.store?.load()) !== undefined;
  }

  /** Forgets everything. @param tell whether other tabs, and the store, have to know */
  async forget(code: string, tell: boolean): Promise<void> {
    const was = this.tokens;
    this.begin();
    this.tokens = undefined;
    this.outCode = code;
    if (tell) this.tabs?.tell({ kind: 'signed_out' });
    if (was) this.events.emit('signed_out', { code });
    if (tell) await this.options.store?.save(undefined);
  }

  close(): void {
    this.outCode = 'closed';
    this.ended.abort(new SignedOutError('closed'));
    this.tabs?.close();
  }

  private begin(): void {
    this.era += 1;
    this.flight = undefined;
  }

  private refreshInTurn(era: number): Promise<HeldTokens> {
    const before = this.tokens;
    const work = () => this.refresh(era);
    if (!this.tabs) return work();
    return this.tabs.once(work, () => {
      if (this.era !== era) return this.current();
      return this.tokens !== before && this.tokens && !this.due ? this.tokens : undefined;
    });
  }

  private async refresh(era: number): Promise<HeldTokens> {
    const { store } = this.options;
    try {
      const next = await this.refresher.refresh(this.tokens?.refresh, this.ended.signal);
      if (this.era !== era) return this.current();
      await store?.save(next.refresh);
      if (this.era === era) return this.refreshed(next);
      await store?.save(this.tokens?.refresh);
    } catch (error) {
      if (this.era === era && error instanceof SignedOutError && error.code !== 'closed') {
        await this.forget(error.code, true);
      }
      if (this.era === era || !this.tokens) throw error;
    }
    return this.current();
  }

  private refreshed(next: HeldTokens): HeldTokens {
    const held = { ...next, turn: (this.tokens?.turn ?? 0) + 1 };
    this.tokens = held;
    this.tabs?.tell({ kind: 'refreshed', tokens: shared(held) });
    this.events.emit('refreshed', held.user);
    return held;
  }

  /** What came of a sign-in or sign-out that happened during a refresh. */
  private current(): HeldTokens {
    if (this.tokens) return this.tokens;
    throw new SignedOutError(this.outCode);
  }

  private hear(message: TabMessage): void {
    if (message.kind === 'asks') return this.answer();
    if (message.kind === 'signed_out') return void this.forget('elsewhere', false);
    const { kind, tokens } = message;
    const isNew = kind === 'signed_in' || !this.tokens;
    // News of a refresh that was under way when this tab signed out, or that is older than what it has.
    if (kind === 'refreshed' && !this.isNews(tokens)) return;
    if (kind === 'signed_in') this.begin();
    this.tokens = { ...tokens };
    this.events.emit(isNew ? 'signed_in' : 'refreshed', tokens.user);
  }

  private isNews(tokens: SharedTokens): boolean {
    return this.tokens ? isLater(tokens, this.tokens, this.options.platform.now()) : this.era === 0;
  }

  private answer(): void {
    if (this.tokens && !this.due) this.tabs?.tell({ kind: 'refreshed', tokens: shared(this.tokens) });
  }
}
