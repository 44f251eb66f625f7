import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets a server stop without waiting for connections that ask nothing: those of a load balancer that connects ahead of
 * its requests, and those that were kept for a next request. Node waits for the first kind, and for whichever becomes
 * idle after it was told to stop, until they time out.
 */
export class Parting {
  /** Requests under way, by connection. */
  private readonly busy = new Map<Socket, number>();
  private stopping = false;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => this.meet(socket));
    server.prependListener('request', (request, response) => this.begin(request, response));
    // From then on it belongs to whoever took the upgrade.
    server.prependListener('upgrade', ({ socket }: IncomingMessage) => void this.busy.delete(socket));
  }

  /** Takes no new connections; resolves when the requests under way are answered. */
  end(): Promise<void> {
    this.stopping = true;
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const [socket, requests] of this.busy) if (!requests) socket.destroy();
    });
  }

  private meet(socket: Socket): void {
    this.busy.set(socket, 0);
    socket.once('close', () => this.busy.delete(socket));
  }

  private begin({ socket }: IncomingMessage, response: ServerResponse): void {
    if (!this.busy.has(socket)) return;
    this.count(socket, 1);
    response.once('close', () => this.count(socket, -1));
  }

  private count(socket: Socket, by: number): void {
    const requests = this.busy.get(socket);
    if (requests === undefined) return;
    this.busy.set(socket, requests + by);
    // What was answered goes out first.
    if (this.stopping && requests + by === 0) socket.destroySoon();
  }
}
