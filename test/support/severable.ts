import type { Socket } from 'node:net';
import { relayed } from './relay.js';

/** A way to a server that can be cut and mended, as networks are. */
export interface Severable {
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/**
 * Puts a relay in front of the server that `url` names. It keeps its port while it is cut: a free one may be taken
 * before it is mended, by whoever connects out, and be it the very client that looks for the server there.
 */
export async function severable(url: string): Promise<Severable> {
  const sockets = new Set<Socket>();
  let whole = true;
  const join = (near: Socket, dial: () => Socket): void => {
    if (!whole) return void near.destroy();
    const far = dial();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy() && sockets.delete(from));
      from.pipe(to);
    }
  };
  return {
    url: await relayed(url, join),
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
