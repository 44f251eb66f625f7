import { Emitter } from '../emitter.js';
import { SignedOutError } from '../errors.js';
import { CODES, isFinal, type Ending } from './close-codes.js';
import { Comebacks, type Purpose } from './comebacks.js';
import type { Frame, RealtimeEvents } from './events.js';
import { Feed } from './feed.js';
import { Line, type LineHears, type TokenSource } from './line.js';
import type { Link } from './link.js';
import type { Ways } from './ways.js';

/** How the connection is. */
export type RealtimeStatus =
  | { state: 'idle' | 'connecting' }
  | { state: 'open'; kind: Link['kind'] }
  | { state: 'waiting'; ending: Ending; ms: number }
  /** For good. `code` is 4403 when the server has ended the session, 1000 after `close()`. */
  | { state: 'closed'; code: number; reason: string };

export interface RealtimeSettings {
  tokens: TokenSource;
  ways: Ways;
  agent: boolean;
  /** Go on behind this frame, got by an earlier connection. */
  since?: string;
  random: () => number;
}

/** Time in which clients that a network brings back at once come back. */
const WAKE_MS = 2_000;

/**
 * The events of one person, in order, each once, over as many connections as it takes. One line is current; a second one
 * exists while it opens, and takes over with its `hello`.
 */
export class Realtime implements LineHears {
  private readonly changes = new Emitter<{ status: RealtimeStatus }>();
  private readonly ending = new AbortController();
  private readonly feed: Feed;
  private readonly comebacks: Comebacks;
  private now: RealtimeStatus = { state: 'idle' };
  private current?: Line;
  private candidate?: Line;
  private purpose: Purpose = 'connect';
  private refusedToken?: string;
  private opening = false;

  constructor(private readonly settings: RealtimeSettings) {
    this.feed = new Feed(settings.since);
    this.comebacks = new Comebacks(settings.random, (purpose) => void this.connect(purpose));
  }

  get status(): RealtimeStatus {
    return this.now;
  }

  /** Where another connection may go on, say after the program was started anew. */
  get cursor(): string | undefined {
    return this.feed.cursor;
  }

  /** Listens for one type of events, or for `*`, all of them. @returns a function that ends the listening */
  on<K extends keyof RealtimeEvents>(type: K, listener: (frame: Frame<RealtimeEvents[K]>) => void): () => void;
  on(type: string, listener: (frame: Frame) => void): () => void;
  on(type: string, listener: (frame: never) => void): () => void {
    return this.feed.on(type, listener as (frame: Frame) => void);
  }

  onStatus(listener: (status: RealtimeStatus) => void): () => void {
    return this.changes.on('status', listener);
  }

  /** Connects, and stays connected until `close()`, the signal, or the end of the session. */
  start(signal?: AbortSignal): this {
    if (signal?.aborted) this.close();
    if (this.now.state !== 'idle') return this;
    signal?.addEventListener('abort', () => this.close(), { once: true, signal: this.ending.signal });
    this.become({ state: 'connecting' });
    void this.connect('connect');
    return this;
  }

  /** The network is back, or the machine is awake: what looks like an open connection may be none. */
  wake(): void {
    if (this.current) return this.handOver(this.current, WAKE_MS);
    if (this.now.state === 'waiting') this.comebacks.planWithin(WAKE_MS, 'connect');
  }

  close(code = 1_000, reason = 'closed'): void {
    if (this.now.state === 'closed') return;
    this.ending.abort();
    this.comebacks.end();
    this.current?.close();
    this.candidate?.close();
    this.current = this.candidate = undefined;
    this.become({ state: 'closed', code, reason });
  }

  hello(line: Line, { cursor, resumed }: { cursor?: string; resumed: boolean }): void {
    this.settings.ways.opened(line.kind);
    if (line === this.candidate) {
      this.current?.close();
      this.current = line;
      this.candidate = undefined;
    }
    this.feed.begin(line.target.since, { cursor, resumed });
    this.becomeOpen(line);
  }

  frame(_: Line, frame: Frame): void {
    this.feed.take(frame);
  }

  /** Make before break: the line goes on until the next one has said hello. */
  handOver(line: Line, withinMs: number): void {
    if (line !== this.current || this.isComing) return;
    this.comebacks.planWithin(withinMs, 'hand over');
  }

  ended(line: Line, ending: Ending): void {
    const { ways } = this.settings;
    if (!line.isOpen && ending.code < 4_000) ways.failed(line.kind);
    const mayBeRefused = !line.isOpen && ways.isBlind && this.comebacks.hasFailed;
    if (ending.code === CODES.expired || mayBeRefused) this.refusedToken = line.target.token;
    if (isFinal(ending.code)) return this.close(ending.code, ending.reason);
    if (line === this.candidate) {
      this.candidate = undefined;
      // The stream that was to be replaced goes on as well as before.
      if (this.current && this.purpose === 'upgrade') return this.planUpgrade(this.current);
    } else {
      this.current = undefined;
      this.comebacks.lost();
      // The next one may be opening; one that is only planned has no more time.
      if (this.candidate || this.opening) return this.become({ state: 'connecting' });
    }
    this.comeBack(ending);
  }

  private get isComing(): boolean {
    return this.candidate !== undefined || this.opening || this.comebacks.isPlanned;
  }

  private comeBack(ending: Ending): void {
    const ms = this.comebacks.planAfter(ending, this.current ? 'hand over' : 'connect');
    if (!this.current) this.become({ state: 'waiting', ending, ms });
  }

  private async connect(purpose: Purpose): Promise<void> {
    this.comebacks.callOff();
    this.purpose = purpose;
    this.opening = true;
    if (!this.current) this.become({ state: 'connecting' });
    try {
      const token = await this.nextToken();
      if (this.ending.signal.aborted) return;
      const target = { token, since: this.feed.cursor, agent: this.settings.agent };
      this.candidate = new Line(target, this.settings.tokens, this, (to, hears) => this.settings.ways.open(to, hears));
    } catch (error) {
      if (this.ending.signal.aborted) return;
      if (error instanceof SignedOutError) return this.close(CODES.revoked, error.code);
      this.comeBack({ code: CODES.gone, reason: String((error as Error).message) });
    } finally {
      this.opening = false;
    }
  }

  private nextToken(): Promise<string> {
    const { refusedToken, settings } = this;
    this.refusedToken = undefined;
    const { signal } = this.ending;
    return refusedToken === undefined ? settings.tokens.token(signal) : settings.tokens.renew(refusedToken, signal);
  }

  private becomeOpen(line: Line): void {
    this.comebacks.opened();
    this.planUpgrade(line);
    this.become({ state: 'open', kind: line.kind });
  }

  private planUpgrade(line: Line): void {
    this.comebacks.callOffUpgrade();
    if (line.kind === 'websocket' || !this.settings.ways.hasSocket) return;
    this.comebacks.planUpgrade(() => {
      if (this.isComing) return this.planUpgrade(line);
      this.settings.ways.retrySocket();
      void this.connect('upgrade');
    });
  }

  private become(status: RealtimeStatus): void {
    // A listener may have closed it in the middle of something else.
    if (this.now.state === 'closed') return;
    this.now = status;
    this.changes.emit('status', status);
  }
}
