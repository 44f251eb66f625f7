import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

interface Wire {
  write(frame: object): void;
  close(code: number): void;
  /** Without a goodbye. */
  cut(): void;
}

/** One connection for events, from the server's side. */
export class Peer {
  /** What the client has said. */
  readonly heard: { type: string; data: { token?: string } }[] = [];
  closed = false;

  constructor(
    private readonly wire: Wire,
    readonly kind: 'websocket' | 'sse',
    readonly token: string,
    private readonly query: URLSearchParams,
  ) {}

  get since(): string | undefined {
    return this.query.get('since') ?? undefined;
  }

  get isAgent(): boolean {
    return this.query.get('as') === 'agent';
  }

  hello(resumed: boolean, cursor = 'cursor-0'): void {
    const data = { cursor, resumed, heartbeat_seconds: 25, expires_at: '2030-01-01T00:00:00.000Z' };
    this.control('hello', data, cursor);
  }

  control(type: string, data: object, id = `control-${type}`): void {
    this.wire.write({ id, type, at: new Date().toISOString(), data });
  }

  /** Sends events with these ids. */
  events(...ids: string[]): void {
    for (const id of ids) this.control('notification', { text: id }, id);
  }

  close(code: number): void {
    this.wire.close(code);
  }

  cut(): void {
    this.wire.cut();
  }
}

export function socketPeer(socket: WebSocket, token: string, query: URLSearchParams): Peer {
  const wire = {
    write: (frame: object) => socket.send(JSON.stringify(frame)),
    close: (code: number) => socket.close(code),
    cut: () => socket.terminate(),
  };
  const peer = new Peer(wire, 'websocket', token, query);
  socket.on('message', (data) => peer.heard.push(JSON.parse(String(data))));
  socket.on('close', () => (peer.closed = true));
  return peer;
}

export function streamPeer(response: ServerResponse, token: string, query: URLSearchParams): Peer {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (frame: object) =>
    void response.write(`id: ${(frame as { id: string }).id}\ndata: ${JSON.stringify(frame)}\n\n`);
  const wire = {
    write,
    close: (code: number) => {
      write({ id: 'close', type: 'close', at: '', data: { code, reason: 'scripted' } });
      response.end();
    },
    cut: () => response.destroy(),
  };
  const peer = new Peer(wire, 'sse', token, query);
  response.on('close', () => (peer.closed = true));
  return peer;
}
