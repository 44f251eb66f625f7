import { fullJitter } from '../backoff.js';
import { Emitter } from '../emitter.js';
import { SignedOutError } from '../errors.js';
import { Timers } from '../timers.js';
import { CODES, comeBack, isFinal, type Ending } from './close-codes.js';
import type { Frame, Gap, RealtimeEvents } from './events.js';
import { Line, type LineHears, type TokenSource } from './line.js';
import type { Link } from './link.js';
import { Position } from './position.js';
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

/** A connection that lasts this long was no failure. */
const STABLE_MS = 10_000;
/** How often a stream is given up for a WebSocket, if one gets through. */
const UPGRADE_MS = 5 * 60_000;
/** Time in which clients that a network brings back at once come back. */
const WAKE_MS = 2_000;

type Listeners = { [type: string]: Frame };
type Purpose = 'connect' | 'hand over' | 'upgrade';

/**
 * The events of one person, in order, each once, over as many connections as it takes. One line is current; a second one
 * exists while it opens, and takes over with its `hello`.
 */
export class Realtime implements LineHears {
  private readonly frames = new Emitter<Listeners>();
  private readonly changes = new Emitter<{ status: RealtimeStatus }>();
  private readonly timers = new Timers();
  private readonly position = new Position();
  private readonly ending = new AbortController();
  private now: RealtimeStatus = { state: 'idle' };
  private current?: Line;
  private candidate?: Line;
  private purpose: Purpose = 'connect';
  private failures = 0;
  private refusedToken?: string;
  /** A gap that this end has told already, should the server tell it, too. */
  private toldGap = false;
  private opening = false;
  private stopRetry?: () => void;
  private stopUpgrade?: () => void;
  private stopStable?: () => void;

  constructor(private readonly settings: RealtimeSettings) {
    if (settings.since !== undefined) this.position.moveTo(settings.since);
  }

  get status(): RealtimeStatus {
    return this.now;
  }

  /** Where another connection may go on, say after the program was started anew. */
  get cursor(): string | undefined {
    return this.position.cursor;
  }

  /** Listens for one type of events, or for `*`, all of them. @returns a function that ends the listening */
  on<K extends keyof RealtimeEvents>(type: K, listener: (frame: Frame<RealtimeEvents[K]>) => void): () => void;
  on(type: string, listener: (frame: Frame) => void): () => void;
  on(type: string, listener: (frame: never) => void): () => void {
    return this.frames.on(type, listener as (frame: Frame) => void);
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
    if (this.now.state === 'waiting') this.retryIn(this.settings.random() * WAKE_MS, 'connect');
  }

  close(code = 1_000, reason = 'closed'): void {
    if (this.now.state === 'closed') return;
    this.ending.abort();
    this.timers.clear();
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
    this.toldGap = false;
    const asked = line.target.since !== undefined;
    // What was asked for follows: until it has come, the place is where it was.
    if (!(asked && resumed) && cursor !== undefined) this.position.moveTo(cursor);
    if (asked && !resumed) this.tellGap({ reason: 'not_resumed' }, cursor);
    this.becomeOpen(line);
  }

  frame(_: Line, frame: Frame): void {
    if (frame.type === 'cursor') return this.position.moveTo(String(frame.data.cursor ?? frame.id));
    if (frame.type === 'gap') {
      this.position.moveTo(frame.id);
      const again = this.toldGap && frame.data.reason !== 'too_slow' && frame.data.reason !== 'outage';
      this.toldGap = false;
      if (!again) this.frames.emit('gap', frame);
      return;
    }
    if (!this.position.take(frame)) return;
    this.frames.emit(frame.type, frame);
    this.frames.emit('*', frame);
  }

  /** Make before break: the line goes on until the next one has said hello. */
  handOver(line: Line, withinMs: number): void {
    if (line !== this.current || this.isComing) return;
    this.retryIn(this.settings.random() * withinMs, 'hand over');
  }

  ended(line: Line, ending: Ending): void {
    const { ways } = this.settings;
    if (!line.isOpen && ending.code < 4_000) ways.failed(line.kind);
    const mayBeRefused = !line.isOpen && ways.isBlind && this.failures > 0;
    if (ending.code === CODES.expired || mayBeRefused) this.refusedToken = line.target.token;
    if (isFinal(ending.code)) return this.close(ending.code, ending.reason);
    if (line === this.candidate) {
      this.candidate = undefined;
      // The stream that was to be replaced goes on as well as before.
      if (this.current && this.purpose === 'upgrade') return this.planUpgrade(this.current);
    } else {
      this.current = undefined;
      this.stopUpgrade?.();
      this.stopStable?.();
      // The next one may be opening; one that is only planned has no more time.
      if (this.candidate || this.opening) return this.become({ state: 'connecting' });
    }
    this.comeBack(ending);
  }

  private get isComing(): boolean {
    return this.candidate !== undefined || this.opening || this.stopRetry !== undefined;
  }

  private comeBack(ending: Ending): void {
    const ms = fullJitter(comeBack(ending), this.failures, this.settings.random);
    this.failures += 1;
    if (!this.current) this.become({ state: 'waiting', ending, ms });
    this.retryIn(ms, this.current ? 'hand over' : 'connect');
  }

  private retryIn(ms: number, purpose: Purpose): void {
    this.stopRetry?.();
    this.stopRetry = this.timers.after(ms, () => void this.connect(purpose));
  }

  private async connect(purpose: Purpose): Promise<void> {
    this.stopRetry?.();
    this.stopRetry = undefined;
    this.purpose = purpose;
    this.opening = true;
    if (!this.current) this.become({ state: 'connecting' });
    try {
      const token = await this.nextToken();
      if (this.ending.signal.aborted) return;
      const target = { token, since: this.position.cursor, agent: this.settings.agent };
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

  private tellGap(gap: Gap, cursor = ''): void {
    this.toldGap = true;
    this.frames.emit('gap', { id: cursor, type: 'gap', at: new Date().toISOString(), data: { ...gap } });
  }

  private becomeOpen(line: Line): void {
    this.stopRetry?.();
    this.stopRetry = undefined;
    this.stopStable?.();
    this.stopStable = this.timers.after(STABLE_MS, () => (this.failures = 0));
    this.planUpgrade(line);
    this.become({ state: 'open', kind: line.kind });
  }

  private planUpgrade(line: Line): void {
    this.stopUpgrade?.();
    if (line.kind === 'websocket' || !this.settings.ways.hasSocket) return;
    this.stopUpgrade = this.timers.after(UPGRADE_MS, () => {
      if (this.isComing) return this.planUpgrade(line);
      this.settings.ways.retrySocket();
      void this.connect('upgrade');
    });
  }

  private become(status: RealtimeStatus): void {
    this.now = status;
    this.changes.emit('status', status);
  }
}
