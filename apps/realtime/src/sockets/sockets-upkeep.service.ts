import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RevocationList } from '#access-tokens';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, type Connection } from './connection.js';
import { Connections } from './connections.js';

const EXPIRY_CHECK_MS = 5_000;
const DEVICES_MS = 60_000;

/** Ends what must not stay open: dead peers, expired tokens, revoked sessions. One timer for all sockets. */
@Injectable()
export class SocketsUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly config: RealtimeConfig,
    private readonly connections: Connections,
    private readonly revocations: RevocationList,
  ) {}

  onApplicationBootstrap(): void {
    this.revocations.onRevoked((ids) => this.closeRevoked(new Set(ids)));
    this.timers = [
      setInterval(() => this.each((c) => c.beat()), this.config.heartbeatSeconds * 1_000).unref(),
      setInterval(() => this.closeExpired(Date.now() / 1_000), EXPIRY_CHECK_MS).unref(),
      setInterval(() => this.connections.noteDevices(), DEVICES_MS).unref(),
    ];
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** @param now Unix seconds */
  closeExpired(now: number): void {
    this.each((c) => c.owner.expiresAt <= now && c.close(CLOSE.expired, 'token expired'));
  }

  closeRevoked(ids: ReadonlySet<string>): void {
    this.each(
      (c) =>
        (ids.has(c.owner.sessionId ?? '') || ids.has(c.owner.tokenId)) && c.close(CLOSE.revoked, 'session revoked'),
    );
  }

  private each(act: (connection: Connection) => unknown): void {
    for (const connection of [...this.connections.all()]) act(connection);
  }
}
