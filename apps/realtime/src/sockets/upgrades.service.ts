import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { WebSocketServer, type WebSocket } from 'ws';
import { AccessTokenVerifier, LEEWAY, type VerifiedToken } from '#access-tokens';
import { InternalListener, Log } from '#boot';
import { Refusal } from '#contracts';
import { CLOSE } from './connection.js';
import { Connections } from './connections.js';
import { SocketsDrain } from './sockets-drain.service.js';

export const SOCKET_PATH = '/v1/auth/ws';
/** The subprotocol of clients that want more than plain events. */
const PROTOCOL = 'gatehouse.v1';
/** What a client sends is ignored, so it has no reason to send much. */
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
    private readonly verifier: AccessTokenVerifier,
    private readonly connections: Connections,
    private readonly drain: SocketsDrain,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.listener.onUpgrade(SOCKET_PATH, (request, socket, head) => void this.upgrade(request, socket, head));
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://realtime');
    if (this.drain.begun) return refuse(socket, 503);
    try {
      const bearer = bearerOf(request);
      const token = await this.verifier.verifyBearer(bearer);
      // Gone while the token was looked at: its close event, which ends the listening, has been.
      if (socket.destroyed) return;
      await this.connections.listen(token.sub, socket);
      this.server.handleUpgrade(request, socket, head, (ws) => void this.open(ws, bearer, token, url));
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'unauthenticated') return refuse(socket, 401);
      this.log.warn('a socket could not be opened', { error });
      refuse(socket, 503);
    }
  }

  private async open(ws: WebSocket, bearer: string, token: VerifiedToken, url: URL): Promise<void> {
    const owner = {
      userId: token.sub,
      sessionId: token.sid,
      tokenId: token.jti,
      deviceId: token.device_id,
      expiresAt: token.exp + LEEWAY,
      // A paired device is there to act for its person.
      agent: token.device_id !== undefined || url.searchParams.get('as') === 'agent',
    };
    const connection = this.connections.add(ws, owner);
    try {
      // A revocation between the first look and the registration would otherwise find no connection to close.
      await this.verifier.verifyBearer(bearer);
    } catch {
      connection.close(CLOSE.revoked, 'session revoked');
    }
  }
}

/** The gateway passes the token in this header only, whatever way the client sent it. */
const bearerOf = (request: IncomingMessage): string =>
  /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';

function refuse(socket: Duplex, status: keyof typeof STATUS_LINES): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_LINES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
