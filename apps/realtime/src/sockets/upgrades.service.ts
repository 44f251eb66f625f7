import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { WebSocketServer, type WebSocket } from 'ws';
import { InternalListener, Log, noticeEnd } from '#boot';
import { isRefusedToken, Openings, type Asked, type Opening } from './openings.service.js';
import { bearerOf, retryAfter } from './request.rules.js';
import { SocketTransport } from './socket-transport.js';
import { SocketsDrain } from './sockets-drain.service.js';
import { TokenRefresh } from './token-refresh.service.js';

export const SOCKET_PATH = '/v1/auth/ws';
/** The subprotocol of clients that want more than plain events. */
const PROTOCOL = 'gatehouse.v1';
/** A client has nothing to say but a token now and then. */
const MAX_CLIENT_FRAME = 4_096;

const STATUS_LINES = { 401: 'Unauthorized', 503: 'Service Unavailable' } as const;

/** Takes WebSocket upgrades from the gateway, verifies the token once more and opens connections. */
@Injectable()
export class UpgradesService implements OnApplicationBootstrap {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_FRAME,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(
    private readonly listener: InternalListener,
    private readonly openings: Openings,
    private readonly drain: SocketsDrain,
    private readonly refresh: TokenRefresh,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.listener.onUpgrade(SOCKET_PATH, (request, socket, head) => void this.upgrade(request, socket, head));
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (this.drain.begun || this.openings.crowded) return refuse(socket, 503);
    const endNoticing = noticeEnd(socket);
    try {
      const opening = await this.openings.prepare(askedBy(request), socket);
      if (!opening) return;
      endNoticing();
      if (!this.take(request, socket, head, opening)) this.openings.end(opening);
    } catch (error) {
      if (isRefusedToken(error)) return refuse(socket, 401);
      this.log.warn('a socket could not be opened', { error });
      refuse(socket, 503);
    }
  }

  /** @returns whether it is open: it may have gone while it was looked at, or ask in a way that no socket comes of */
  private take(request: IncomingMessage, socket: Duplex, head: Buffer, opening: Opening): boolean {
    let isOpen = false;
    if (this.drain.begun) refuse(socket, 503);
    else if (!socket.destroyed) {
      this.server.handleUpgrade(request, socket, head, (ws) => {
        this.open(ws, opening);
        isOpen = true;
      });
    }
    return isOpen;
  }

  private open(ws: WebSocket, opening: Opening): void {
    const transport = new SocketTransport(ws, (text) => void this.refresh.hear(connection, text));
    const connection = this.openings.start(opening, transport);
    ws.once('close', (code) => this.openings.end(opening, connection, code));
  }
}

function askedBy(request: IncomingMessage): Asked {
  const { searchParams } = new URL(request.url ?? '/', 'http://realtime');
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim());
  return {
    bearer: bearerOf(request),
    query: searchParams,
    since: searchParams.get('since') ?? undefined,
    wire: 'websocket',
    told: offered.includes(PROTOCOL),
  };
}

function refuse(socket: Duplex, status: keyof typeof STATUS_LINES): void {
  const retry = status === 503 ? `Retry-After: ${retryAfter()}\r\n` : '';
  socket.end(`HTTP/1.1 ${status} ${STATUS_LINES[status]}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}
