import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RevocationList } from '#access-tokens';
import { Metrics } from '#boot';
import { afterPatience } from '../fanout/patience.js';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, type Connection } from './connection.js';
import { Connections } from './connections.js';

const CHECK_MS = 5_000;
const DEVICES_MS = 60_000;
/** How long a pong may take. */
const PONG_MS = 8_000;
/** A client that takes nothing for so long is not slow, it has stopped (RT22). */
const STALLED_MS = 20_000;
/** A connection outlives its token by this: clocks differ, and a client may be about to send the next one. */
const EXPIRED_MS = 15_000;
const EXPIRY_WARNING_MS = 60_000;
const CURSOR_MS = 240_000;

/** Ends what must not stay open: dead peers, stalled ones, expired tokens, revoked sessions. One timer for all. */
@Injectable()
export class SocketsUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timers: NodeJS.Timeout[] = [];
  private callOff?: () => void;
  private readonly timeouts;
  private readonly revocationTimes;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly connections: Connections,
    private readonly revocations: RevocationList,
    metrics: Metrics,
  ) {
    this.revocationTimes = metrics.histogram(
      'gatehouse_realtime_revocation_seconds',
      'From the end of a session, as identity told it, to the close of its connections.',
    );
    this.timeouts = metrics.counter('gatehouse_realtime_heartbeat_timeouts_total', 'Clients that answered no ping.');
  }

  onApplicationBootstrap(): void {
    this.revocations.onRevoked((ids, at) => this.closeRevoked(new Set(ids), at));
    this.timers = [
      setInterval(() => this.beat(), this.config.heartbeatSeconds * 1_000).unref(),
      setInterval(() => this.check(Date.now()), CHECK_MS).unref(),
      setInterval(() => this.connections.noteDevices(), DEVICES_MS).unref(),
    ];
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** @param now ms since 1970, the clock of tokens */
  check(now: number): void {
    this.each((c) => {
      c.warnOfExpiry(now, EXPIRY_WARNING_MS);
      c.tellCursor(CURSOR_MS);
      if (c.owner.expiresAt * 1_000 + EXPIRED_MS <= now) c.close(CLOSE.expired, 'token expired');
      else if (c.outbox.stalledMs > STALLED_MS) c.close(CLOSE.tooSlow, 'too slow');
    });
  }

  /** @param at when they were revoked, where that is known */
  closeRevoked(ids: ReadonlySet<string>, at?: Date): void {
    this.each((c) => {
      if (!ids.has(c.owner.sessionId ?? '') && !ids.has(c.owner.tokenId)) return;
      c.close(CLOSE.revoked, 'session revoked');
      if (at) this.revocationTimes.observe(Math.max(0, Date.now() - at.getTime()) / 1_000);
    });
  }

  /** Asks everybody whether they are there. What was asked before and is not judged yet is judged with it. */
  beat(): void {
    this.callOff?.();
    this.each((c) => c.ping());
    this.callOff = afterPatience(Math.min(PONG_MS, this.config.heartbeatSeconds * 900), () => this.closeSilent());
  }

  /** Closes who did not answer the last ping (RT23). */
  closeSilent(): void {
    this.each((c) => {
      if (c.answers) return;
      this.timeouts.inc();
      c.close(CLOSE.noPong, 'no pong');
    });
  }

  private each(act: (connection: Connection) => unknown): void {
    for (const connection of [...this.connections.all()]) act(connection);
  }
}
