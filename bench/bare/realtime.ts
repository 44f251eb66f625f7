import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Where a client connects, and what it says first. */
export interface ClientTarget {
  port: number;
  path: string;
  headers: Record<string, string>;
  hello?: string;
}

/** Something that pushes an event to all of its clients. */
export interface Fan {
  name: string;
  pid: number;
  /** How to connect the nth client. */
  target(nth: number): ClientTarget;
  /** Resolves when the events are on their way. */
  push(texts: string[]): Promise<void>;
  stop(): Promise<void>;
}

const launch = (script: string, ...args: string[]): ChildProcess =>
  fork(path.join(import.meta.dirname, `${script}.js`), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

const TARGETS = {
  ws: { path: '/', headers: {} },
  // Engine.IO's version 4, and Socket.IO's wish to connect.
  'socket.io': { path: '/socket.io/?EIO=4&transport=websocket', headers: {}, hello: '40' },
};

/** A server of `kind` in a process of its own. */
export async function bareFan(kind: keyof typeof TARGETS): Promise<Fan> {
  const child = launch('realtime-servers', kind);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    name: kind === 'ws' ? 'ws, one frame per event' : 'Socket.IO',
    pid: child.pid!,
    target: () => ({ port, ...TARGETS[kind] }),
    push: async (texts) => void child.send(texts),
    stop: async () => void child.disconnect(),
  };
}

/** Clients in a process of their own. */
export class Clients {
  private received = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly child: ChildProcess,
    readonly count: number,
  ) {
    child.on('message', (message: { received?: number }) => {
      this.received = message.received ?? this.received;
      for (const look of this.waiting) look();
    });
  }

  /** Connects them, and waits until each is connected. */
  static async connect(fan: Fan, count: number): Promise<Clients> {
    const child = launch('realtime-clients');
    child.send({ connect: Array.from({ length: count }, (_, nth) => fan.target(nth)) });
    const clients = new Clients(child, count);
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`${fan.name}: a client could not connect`)));
      child.on('message', (message: { open?: number }) => message.open && resolve());
    });
    return clients;
  }

  get total(): number {
    return this.received;
  }

  /** Resolves when they have received so many frames altogether. @throws Error when that takes too long */
  until(total: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = () => reject(new Error(`${this.received} of ${total} frames arrived`));
      const patience = setTimeout(give, 30_000);
      const look = () => {
        if (this.received < total) return;
        clearTimeout(patience);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  stop(): void {
    this.child.removeAllListeners('exit');
    this.child.disconnect();
  }
}
