import type { RawData, WebSocket } from 'ws';
import { CLOSE, type Transport } from './connection.js';

/** Frames of any kind that a client may send in one second; nearly all it says is ignored, but a flood costs. */
const FRAMES_PER_SECOND = 50;
const PARTING_MS = 2_000;

/** A WebSocket below a connection. */
export class SocketTransport implements Transport {
  private awaitsPong = false;
  private framesInWindow = 0;
  private windowStart = 0;
  private closing = false;

  constructor(
    private readonly socket: WebSocket,
    onText: (text: string) => void,
  ) {
    socket.on('pong', () => this.answered());
    socket.on('ping', () => this.count());
    socket.on('message', (data, isBinary) => this.hear(data, isBinary, onText));
    // A socket error is followed by its close event, which is where it is dealt with.
    socket.on('error', () => undefined);
  }

  get answers(): boolean {
    return !this.awaitsPong;
  }

  ping(): void {
    this.awaitsPong = true;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  /** A peer that does not answer within two seconds is cut off. */
  close(code: number, reason: string): void {
    if (this.closing) return;
    this.closing = true;
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), PARTING_MS).unref();
  }

  private answered(): void {
    this.awaitsPong = false;
    this.count();
  }

  private hear(data: RawData, isBinary: boolean, onText: (text: string) => void): void {
    if (this.count() && !isBinary) onText((data as Buffer).toString());
  }

  /** @returns whether what has come is still within what a client may send */
  private count(): boolean {
    // What was on its way when it was told goodbye.
    if (this.closing) return false;
    const now = Date.now();
    if (now - this.windowStart >= 1_000) {
      this.windowStart = now;
      this.framesInWindow = 0;
    }
    this.framesInWindow += 1;
    if (this.framesInWindow > FRAMES_PER_SECOND) this.close(CLOSE.policy, 'too many frames');
    return !this.closing;
  }
}
