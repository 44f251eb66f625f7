import type { WebSocket } from 'ws';

/** What is known about a person when their socket opens. */
export interface ConnectionOwner {
  userId: string;
  /** A person's; a device's token has none. */
  sessionId?: string;
  tokenId: string;
  /** The paired device whose token it is. */
  deviceId?: string;
  /** Unix seconds at which the token ends. */
  expiresAt: number;
  agent: boolean;
}

/** Close codes of http-api.md "Realtime". */
export const CLOSE = {
  tooManyFrames: 1008,
  noPong: 1011,
  restarting: 1012,
  tooSlow: 1013,
  expired: 4401,
  revoked: 4403,
} as const;

/** Frames a client may send in one second; what it says is ignored, but a flood costs. */
const FRAMES_PER_SECOND = 50;

/** One open socket. */
export class Connection {
  private alive = true;
  private framesInWindow = 0;
  private windowStart = 0;

  constructor(
    private readonly socket: WebSocket,
    readonly owner: ConnectionOwner,
    private readonly bufferLimit: number,
  ) {
    socket.on('pong', () => (this.alive = true));
    socket.on('message', () => this.countFrame());
    // A socket error is followed by its close event, which is where it is dealt with.
    socket.on('error', () => undefined);
  }

  /** Writes a frame that was serialized before. A client that does not read is closed, it cannot hold others up. */
  send(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > this.bufferLimit) return this.close(CLOSE.tooSlow, 'too slow');
    this.socket.send(text);
  }

  /** Closes a client that has not answered the ping before, else pings it. */
  beat(): void {
    if (!this.alive) return this.close(CLOSE.noPong, 'no pong');
    this.alive = false;
    this.socket.ping();
  }

  /** Says goodbye; a peer that does not answer within two seconds is cut off. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), 2_000).unref();
  }

  onClose(done: (code: number) => void): void {
    this.socket.once('close', (code) => done(code));
  }

  private countFrame(): void {
    const now = Date.now();
    if (now - this.windowStart >= 1_000) {
      this.windowStart = now;
      this.framesInWindow = 0;
    }
    this.framesInWindow += 1;
    if (this.framesInWindow > FRAMES_PER_SECOND) this.close(CLOSE.tooManyFrames, 'too many frames');
  }
}
