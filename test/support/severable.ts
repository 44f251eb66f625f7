import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut and mended, as networks are. */
export interface Severable {
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Puts a relay on loopback in front of the server that `url` names. */
export async function severable(url: string): Promise<Severable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  // A test that leaves its line open must not keep the run from ending.
  server.unref();
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const relayed = new URL(url);
  Object.assign(relayed, { hostname: '127.0.0.1', port: String(port) });
  return {
    url: relayed.href,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        sockets.clear();
      }),
    mend: () => listen(port),
  };
}
