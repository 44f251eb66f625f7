import type { Outbox } from '../fanout/outbox.js';

/** What is known about a person when their connection opens. */
export interface ConnectionOwner {
  userId: string;
  /** A person's; a device's token has none. */
  sessionId?: string;
  tokenId: string;
  /** The paired device whose token it is. */
  deviceId?: string;
  /** Unix seconds at which the token ends. */
  expiresAt: number;
  agent: boolean;
}

/** Close codes of http-api.md "Realtime". */
export const CLOSE = {
  policy: 1008,
  noPong: 1011,
  restarting: 1012,
  tooSlow: 1013,
  expired: 4401,
  revoked: 4403,
} as const;

/** What goes on below a connection. */
export interface Transport {
  /** Says goodbye and ends; whoever does not answer is cut off. */
  close(code: number, reason: string): void;
  /** Asks whether the other side is there. */
  ping(): void;
  /** Whether the last ping was answered. */
  readonly answers: boolean;
}

/** One open connection, a WebSocket or a stream of server-sent events. */
export class Connection {
  private warned = false;
  private readonly openedAt = Date.now();
  /** When it was told where it stands, by a clock that nobody sets. */
  private toldAt = performance.now();

  constructor(
    public owner: ConnectionOwner,
    readonly outbox: Outbox,
    private readonly transport: Transport,
  ) {}

  /** For counting. */
  get kind(): 'websocket' | 'sse' {
    return this.outbox.wire;
  }

  /** Whether it goes on with another token: the same person's, until that one ends. */
  renew(owner: ConnectionOwner): void {
    this.owner = { ...owner, agent: this.owner.agent };
    this.warned = false;
  }

  /** Tells once that the token ends soon. @param now ms */
  warnOfExpiry(now: number, aheadMs: number): void {
    const end = this.owner.expiresAt * 1_000;
    const ahead = Math.min(aheadMs, (end - this.openedAt) / 2);
    if (this.warned || end - now > ahead) return;
    this.warned = true;
    this.outbox.say({ type: 'token_expiring', data: { expires_at: new Date(end).toISOString() } });
  }

  /** Lets the client know where it stands, unless it was told within this time. */
  tellCursor(everyMs: number): void {
    if (performance.now() - this.toldAt < everyMs) return;
    this.toldAt = performance.now();
    this.outbox.say({ type: 'cursor', data: {} });
  }

  ping(): void {
    this.transport.ping();
  }

  /** Whether the last ping was answered. */
  get answers(): boolean {
    return this.transport.answers;
  }

  /** What is written already goes out first. */
  close(code: number, reason: string): void {
    this.outbox.flush();
    this.transport.close(code, reason);
  }
}
