import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a server on loopback sees it. */
export interface Heard {
  method: string;
  /** With its query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Said {
  status: number;
  body: unknown;
}

/** An HTTP server on loopback that can be made to stall, and to be away. */
export interface Loopback {
  url: string;
  /** Takes requests from now on and answers none. */
  stall(): void;
  stop(): Promise<void>;
}

export async function loopback(answer: (heard: Heard) => Said | Promise<Said>): Promise<Loopback> {
  let stalled = false;
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (stalled) return;
      const { method = '', url: path = '', headers } = request;
      void Promise.resolve(answer({ method, path, headers, body: Buffer.concat(parts).toString('utf8') })).then(
        ({ status, body }) => {
          const text = typeof body === 'string' ? body : JSON.stringify(body);
          response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stall: () => void (stalled = true),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
