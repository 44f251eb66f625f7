import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { eventually } from '../../../test/support/eventually.js';
import { Peer, socketPeer, streamPeer } from './peer.js';
import { SessionOnServer } from './session-on-server.js';

/** Plays the gateway on loopback, for one person: a session with rotating refresh tokens, and connections for events. */
export class Gateway {
  readonly session = new SessionOnServer();
  /** Every connection for events so far, in order. */
  readonly peers: Peer[] = [];
  /** What a new connection gets before anything else. */
  greet = (peer: Peer): void => peer.hello(peer.since !== undefined);
  /** Answers an upgrade with a status instead of taking it. */
  refuseUpgrade?: (request: IncomingMessage) => number | undefined;
  /** Requests by path, with method. */
  readonly requests: string[] = [];
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'gatehouse.v1' });
  private readonly open = new Set<Duplex>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    server.on('connection', (socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
  }

  static async start(port = 0): Promise<Gateway> {
    const server = createServer();
    const gateway = new Gateway(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The `nth` connection for events, as soon as it is there. */
  peer(nth: number): Promise<Peer> {
    return eventually(`connection ${nth}`, 30_000, async () => this.peers[nth - 1]);
  }

  get openConnections(): number {
    return this.peers.filter((peer) => !peer.closed).length;
  }

  count(request: string): number {
    return this.requests.filter((r) => r === request).length;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (url.pathname !== '/v1/auth/events') return this.session.answer(request, response, url.pathname, token);
    if (!this.session.accepts(token)) return this.session.refuse(response, 401, 'invalid_token');
    this.meet(streamPeer(response, token!, url.searchParams));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`UPGRADE ${url.pathname}`);
    const token = /bearer\.([^,\s]+)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1];
    const status = this.refuseUpgrade?.(request) ?? (this.session.accepts(token) ? undefined : 401);
    if (status) return void socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    this.sockets.handleUpgrade(request, socket, head, (ws) => this.meet(socketPeer(ws, token!, url.searchParams)));
  }

  private meet(peer: Peer): void {
    this.peers.push(peer);
    this.greet(peer);
  }
}
