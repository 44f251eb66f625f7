import { Timers } from '../timers.js';
import { CODES, type Ending } from './close-codes.js';
import type { Frame } from './events.js';
import type { Link, LinkHears, Target } from './link.js';

/** Where tokens come from; a `Session` is one. */
export interface TokenSource {
  token(signal?: AbortSignal): Promise<string>;
  /** Another one than `stale`, which was refused or is about to end. */
  renew(stale: string, signal?: AbortSignal): Promise<string>;
}

/** What a line tells; control frames that concern the line alone are not among it. */
export interface LineHears {
  /** The server has begun. @param resumed whether everything since `since` follows */
  hello(line: Line, hello: { cursor?: string; resumed: boolean }): void;
  /** An event, a `gap`, or a `cursor`. */
  frame(line: Line, frame: Frame): void;
  /** Another line should take over, at a random moment within that time. */
  handOver(line: Line, withinMs: number): void;
  ended(line: Line, ending: Ending): void;
}

const HELLO_WITHIN_MS = 15_000;
/** On a WebSocket pings are not seen; the server names the cursor every four minutes. */
const SILENCE_MS = 5 * 60_000;
const FAILED_REFRESH_MS = 5_000;

/** One connection from its opening to its end: begins with `hello`, is watched, and gets new tokens. */
export class Line {
  private readonly timers = new Timers();
  private readonly ending = new AbortController();
  private readonly link: Link;
  private stopWatch?: () => void;
  private silenceMs = HELLO_WITHIN_MS;
  private begun = false;

  constructor(
    readonly target: Target,
    private readonly tokens: TokenSource,
    private readonly hears: LineHears,
    open: (target: Target, hears: LinkHears) => Link,
  ) {
    this.link = open(target, {
      frame: (frame) => this.hear(frame),
      beat: () => this.watch(),
      ended: (ending) => this.end(ending),
    });
    this.watch();
  }

  get kind(): Link['kind'] {
    return this.link.kind;
  }

  /** Whether the server has said hello. */
  get isOpen(): boolean {
    return this.begun;
  }

  close(): void {
    this.timers.clear();
    this.ending.abort();
    this.link.close();
  }

  private hear(frame: Frame): void {
    if (this.ending.signal.aborted) return;
    this.watch();
    switch (frame.type) {
      case 'hello':
        return this.begin(frame);
      case 'reconnect':
        return this.hears.handOver(this, Number(frame.data.within_ms) || 0);
      case 'token_expiring':
        return void this.refresh();
      case 'refresh_failed':
        return this.hears.handOver(this, FAILED_REFRESH_MS);
      case 'refreshed':
        return;
      default:
        return this.hears.frame(this, frame);
    }
  }

  private begin({ id, data }: Frame): void {
    this.begun = true;
    const heartbeatMs = Number(data.heartbeat_seconds) * 1_000;
    this.silenceMs = this.kind === 'sse' && heartbeatMs > 0 ? heartbeatMs * 2.5 : SILENCE_MS;
    this.watch();
    const cursor = typeof data.cursor === 'string' ? data.cursor : id;
    this.hears.hello(this, { cursor, resumed: data.resumed === true });
  }

  /** A new token without a new connection, where the link can say so. */
  private async refresh(): Promise<void> {
    const { signal } = this.ending;
    try {
      const token = await this.tokens.renew(this.target.token, signal);
      if (signal.aborted) return;
      this.target.token = token;
      const said = this.link.say(JSON.stringify({ type: 'refresh', data: { token } }));
      if (!said) this.hears.handOver(this, 0);
    } catch {
      // The server closes with 4401 when the token ends, and the next connection needs a token anyway.
    }
  }

  private watch(): void {
    this.stopWatch?.();
    this.stopWatch = this.timers.after(this.silenceMs, () => {
      this.link.close();
      this.end({ code: CODES.gone, reason: this.begun ? 'silence' : 'no hello' });
    });
  }

  private end(ending: Ending): void {
    if (this.ending.signal.aborted) return;
    this.timers.clear();
    this.ending.abort();
    this.hears.ended(this, ending);
  }
}
