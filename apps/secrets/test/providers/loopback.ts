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
  /** Lets something on the way, or in it, change what it answers from now on. */
  alter(by: (said: Said, heard: Heard) => Said): void;
  stop(): Promise<void>;
}

export async function loopback(answer: (heard: Heard) => Said | Promise<Said>): Promise<Loopback> {
  let stalled = false;
  let altered = (said: Said, _heard: Heard): Said => said;
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (stalled) return;
      const { method = '', url: path = '', headers } = request;
      const heard = { method, path, headers, body: Buffer.concat(parts).toString('utf8') };
      void Promise.resolve(answer(heard)).then(
        (said) => {
          const { status, body } = altered(said, heard);
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
    alter: (by) => void (altered = by),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
