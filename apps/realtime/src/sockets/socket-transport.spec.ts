import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { CLOSE } from './connection.js';
import { SocketTransport } from './socket-transport.js';

/** A socket whose peer goes on talking and never answers a goodbye. */
class TalkingSocket extends EventEmitter {
  readonly closes: number[] = [];
  terminated = 0;

  close(code: number): void {
    this.closes.push(code);
  }

  terminate(): void {
    this.terminated += 1;
  }

  readonly readyState = 1;
  readonly OPEN = 1;

  ping(): void {
    this.emit('pinged');
  }

  says(text: string, times: number): void {
    for (let i = 0; i < times; i += 1) this.emit('message', Buffer.from(text), false);
  }
}

const FRAMES_PER_SECOND = 50;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('RT4: a flood is closed once, and nothing of it is heard from then on', () => {
  const socket = new TalkingSocket();
  const heard: string[] = [];
  new SocketTransport(socket as unknown as WebSocket, (text) => heard.push(text));
  socket.says('x', FRAMES_PER_SECOND + 1_000);
  expect([heard.length, socket.closes]).toEqual([FRAMES_PER_SECOND, [CLOSE.policy]]);
  jest.advanceTimersByTime(1_500);
  socket.says('y', 1);
  expect(heard).not.toContain('y');
  jest.advanceTimersByTime(1_500);
  expect([socket.closes.length, socket.terminated]).toEqual([1, 1]);
});

it('RT23: a ping of the very millisecond of the opening is unanswered until its pong comes', () => {
  const socket = new TalkingSocket();
  const transport = new SocketTransport(socket as unknown as WebSocket, () => undefined);
  expect(transport.answers).toBe(true);
  transport.ping();
  expect(transport.answers).toBe(false);
  socket.emit('pong');
  expect(transport.answers).toBe(true);
});

it('RT23: whether a ping was answered does not depend on a clock, which may be set back', () => {
  const socket = new TalkingSocket();
  const transport = new SocketTransport(socket as unknown as WebSocket, () => undefined);
  transport.ping();
  jest.setSystemTime(Date.now() - 3_600_000);
  socket.emit('pong');
  expect(transport.answers).toBe(true);
  transport.ping();
  expect(transport.answers).toBe(false);
});
