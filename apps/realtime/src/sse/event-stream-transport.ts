import type { ServerResponse } from 'node:http';
import type { Outbox } from '../fanout/outbox.js';
import type { Transport } from '../sockets/connection.js';

const PARTING_MS = 2_000;
/** A WebSocket's code for a close that has none. */
const WITHOUT_A_WORD = 1005;

/** A stream of server-sent events below a connection. */
export class EventStreamTransport implements Transport {
  private takenAtPing = 0;
  /**
   * The close code that the client was told; otherwise the client let go, which is the only goodbye that a stream has. One
   * whose network is gone lets go of nothing, and is found out when it takes nothing more.
   */
  closedWith: number = WITHOUT_A_WORD;

  constructor(
    private readonly response: ServerResponse,
    private readonly outbox: Outbox,
  ) {}

  /** Nobody answers here; whoever goes on taking what is sent is there. */
  get answers(): boolean {
    return !this.response.writableLength || this.taken > this.takenAtPing;
  }

  /** Keeps the way open, and lets the client know where it stands though nothing happened. */
  ping(): void {
    this.takenAtPing = this.taken;
    this.outbox.mark();
  }

  /** The last event says what a WebSocket says with its close code. */
  close(code: number, reason: string): void {
    this.closedWith = code;
    this.outbox.say({ type: 'close', data: { code, reason } });
    this.outbox.flush();
    this.response.end();
    setTimeout(() => this.response.destroy(), PARTING_MS).unref();
  }

  /** Bytes that have left; what the connection has only accepted has not. */
  private get taken(): number {
    const { socket } = this.response;
    return socket ? socket.bytesWritten - socket.writableLength : 0;
  }
}
