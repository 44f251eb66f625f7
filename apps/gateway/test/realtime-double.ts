import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { noticeEnd } from '#boot';
import { WebSocketServer, type WebSocket } from 'ws';

/** The realtime app as the gateway sees it: takes upgrades, says hello, echoes what it gets. */
export class RealtimeDouble {
  readonly upgrades: IncomingMessage[] = [];
  /** Requests for server-sent events; each is answered with a stream that says nothing and does not end. */
  readonly streams: IncomingMessage[] = [];
  /** What answers them. */
  readonly answers: ServerResponse[] = [];
  readonly sockets = new Set<WebSocket>();
  /** While set, upgrades and streams are refused with this status. */
  refuseWith?: number;
  /** What goes with that. */
  retryAfter?: string;
  /** While set, upgrades are not answered. */
  hesitates = false;
  /** Upgrades and streams are answered when it resolves. */
  ready: Promise<void> = Promise.resolve();
  private readonly sink = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('gatehouse.v1') ? 'gatehouse.v1' : false),
  });

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RealtimeDouble> {
    const server = createServer();
    const double = new RealtimeDouble(server);
    server.on('upgrade', (request, socket, head) => {
      double.upgrades.push(request);
      if (double.hesitates) return void noticeEnd(socket);
      if (double.refuseWith) return void socket.end(double.refusal());
      void double.ready.then(() => double.take(request, socket, head));
    });
    server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
      double.streams.push(request);
      double.answers.push(response);
      await double.ready;
      if (double.retryAfter) response.setHeader('retry-after', double.retryAfter);
      response.writeHead(double.refuseWith ?? 200, { 'content-type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      response.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  private take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.sink.handleUpgrade(request, socket, head, (ws) => {
      this.sockets.add(ws);
      ws.on('message', (data) => ws.send(data));
      ws.send('hello');
    });
  }

  private refusal(): string {
    const retry = this.retryAfter ? `Retry-After: ${this.retryAfter}\r\n` : '';
    return `HTTP/1.1 ${this.refuseWith} No\r\n${retry}Content-Length: 0\r\n\r\n`;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const ws of this.sockets) ws.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
