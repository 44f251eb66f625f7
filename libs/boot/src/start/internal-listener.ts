import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Probes } from '../health/probes.js';
import { Log } from '../log/log.js';

export type RouteHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The app's own small HTTP server: health, metrics, and what the app adds. It is not for the public. */
@Injectable()
export class InternalListener {
  readonly server: Server = createServer((request, response) => void this.handle(request, response));
  private readonly routes = new Map<string, RouteHandler>();
  private readonly upgrades = new Map<string, UpgradeHandler>();

  constructor(
    private readonly probes: Probes,
    private readonly log: Log,
  ) {
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Adds a route; `path` is matched whole, without the query. */
  route(method: string, path: string, handler: RouteHandler): void {
    this.routes.set(`${method} ${path}`, handler);
  }

  /** Takes the upgrades (WebSockets) of a path. */
  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.upgrades.set(path, handler);
  }

  /** Port it listens on; also when 0 was asked for. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }

  /** Stops listening and cuts what is still connected. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = pathOf(request);
      const route = this.routes.get(`${request.method} ${path}`);
      if (route) return await route(request, response);
      const answer = request.method === 'GET' || request.method === 'HEAD' ? await this.probes.answer(path) : undefined;
      if (!answer) return end(response, 404, 'text/plain; charset=utf-8', 'There is nothing here.\n');
      end(response, answer.status, answer.contentType, answer.body);
    } catch (error) {
      this.log.error('an internal route failed', { error });
      if (response.headersSent) response.destroy();
      else end(response, 500, 'text/plain; charset=utf-8', 'Something went wrong on our side.\n');
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const handler = this.upgrades.get(pathOf(request));
    // A socket that resets before anybody listens must not end the process.
    socket.on('error', () => socket.destroy());
    if (handler) return handler(request, socket, head);
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0]!;

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}
