import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut and mended, as networks are. */
export interface Severable {
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/**
 * Puts a relay on loopback in front of the server that `url` names. It keeps its port while it is cut: a free one may be
 * taken before it is mended, by whoever connects out, and be it the very client that looks for the server there.
 */
export async function severable(url: string): Promise<Severable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    if (!whole) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy() && sockets.delete(from));
      from.pipe(to);
    }
  });
  // A test that leaves its line open must not keep the run from ending.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const relayed = new URL(url);
  Object.assign(relayed, { hostname: '127.0.0.1', port: String(port) });
  return {
    url: relayed.href,
    cut: async () => {
      whole = false;
      await Promise.all([...sockets].map((socket) => ended(socket.destroy())));
    },
    mend: async () => {
      whole = true;
    },
  };
}

const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
