import type { Http } from '../http.js';
import { EventStreamLink } from './event-stream-link.js';
import type { Link, LinkHears, Target } from './link.js';
import { WebSocketLink, type WebSocketClass } from './web-socket-link.js';

/** WebSockets that did not open, in a row, before server-sent events are tried. */
const TRIES = 2;

/** The ways to connect: a WebSocket, and where that does not get through, server-sent events. */
export class Ways {
  private failures = 0;

  constructor(
    private readonly http: Http,
    private readonly Socket: WebSocketClass | undefined,
    private readonly streams: boolean,
  ) {
    if (!Socket && !streams) throw new Error('there is no WebSocket here: hand one in, or allow server-sent events');
  }

  /** Whether a WebSocket is the next to be tried. */
  get prefersSocket(): boolean {
    return this.Socket !== undefined && (!this.streams || this.failures < TRIES);
  }

  /** Whether the status of a refused connection stays unknown: a browser's WebSocket does not tell it. */
  get isBlind(): boolean {
    return !this.streams;
  }

  /** Whether there is a better way than a stream. */
  get hasSocket(): boolean {
    return this.Socket !== undefined;
  }

  open(target: Target, hears: LinkHears): Link {
    if (this.Socket && this.prefersSocket) return new WebSocketLink(this.Socket, this.http.baseUrl, target, hears);
    return new EventStreamLink(this.http, target, hears);
  }

  opened(kind: Link['kind']): void {
    if (kind === 'websocket') this.failures = 0;
  }

  /** A connection ended before it began. */
  failed(kind: Link['kind']): void {
    // When neither gets through they take turns.
    this.failures = kind === 'websocket' ? this.failures + 1 : TRIES - 1;
  }

  /** Lets a WebSocket be tried once, and no more when that fails. */
  retrySocket(): void {
    this.failures = TRIES - 1;
  }
}
