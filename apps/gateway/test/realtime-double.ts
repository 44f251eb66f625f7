import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** The realtime app as the gateway sees it: takes upgrades, says hello, echoes what it gets. */
export class RealtimeDouble {
  readonly upgrades: IncomingMessage[] = [];
  /** Requests for server-sent events; each is answered with a stream that says nothing and does not end. */
  readonly streams: IncomingMessage[] = [];
  readonly sockets = new Set<WebSocket>();
  /** While set, upgrades and streams are refused with this status. */
  refuseWith?: number;
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
      if (double.refuseWith) return void socket.end(`HTTP/1.1 ${double.refuseWith} No\r\nContent-Length: 0\r\n\r\n`);
      double.sink.handleUpgrade(request, socket, head, (ws) => {
        double.sockets.add(ws);
        ws.on('message', (data) => ws.send(data));
        ws.send('hello');
      });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      double.streams.push(request);
      response.writeHead(double.refuseWith ?? 200, { 'content-type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      response.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
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
