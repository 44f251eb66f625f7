import type { ServerResponse } from 'node:http';
import type { Outbox } from '../fanout/outbox.js';
import type { Transport } from '../sockets/connection.js';

const PARTING_MS = 2_000;

/** A stream of server-sent events below a connection. */
export class EventStreamTransport implements Transport {
  /** Nobody answers here. A peer that is gone shows by what is left unread, or by its connection. */
  readonly heardAt = Infinity;

  constructor(
    private readonly response: ServerResponse,
    private readonly outbox: Outbox,
  ) {}

  /** Keeps the way open, and lets the client know where it stands though nothing happened. */
  ping(): void {
    this.outbox.mark();
  }

  /** The last event says what a WebSocket says with its close code. */
  close(code: number, reason: string): void {
    this.outbox.say({ type: 'close', data: { code, reason } });
    this.outbox.flush();
    this.response.end();
    setTimeout(() => this.response.destroy(), PARTING_MS).unref();
  }
}
