import { WebSocket } from 'ws';
import type { DevInfo } from '#local';

/** An event as a client gets it. */
export interface Frame {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

export interface EventSocket {
  /** What has come so far. */
  frames: Frame[];
  /** Resolves with the close code. */
  closed: Promise<number>;
}

const sockets = new Set<WebSocket>();

/** Opens a socket and collects its frames. @throws Error with the status when it is refused */
export function listen(dev: DevInfo, token: string, query = ''): Promise<EventSocket> {
  const socket = new WebSocket(`${dev.public_url.replace('http', 'ws')}/v1/auth/ws?token=${token}${query}`);
  sockets.add(socket);
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ frames, closed }));
    socket.once('unexpected-response', (_, answer) => reject(new Error(String(answer.statusCode))));
    socket.on('error', reject);
  });
}

/** Ends every socket that was opened here. */
export function endSockets(): void {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
}
