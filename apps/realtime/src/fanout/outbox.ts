import type { Writable } from 'node:stream';
import { Backlog } from './backlog.js';
import { Batch, type Turn, type Writer } from './batch.js';
import { oneOff, type Entry, type Wire } from './entry.js';
import type { DeliveryMetrics } from './delivery-metrics.service.js';
import type { Hearer } from './channel.js';
import { HIGH_WATER, Overflow } from './overflow.js';

const MOST_CATCHING_UP = 4_194_304;

export interface OutboxOptions {
  wire: Wire;
  /** Whether it is told of gaps and other things than events. */
  told: boolean;
  /** Bytes of frames that may wait before its client counts as too slow. */
  limit: number;
  turn: Turn;
  metrics: DeliveryMetrics;
  /** Where the client stands: its cursor when it has had everything, or everything before a frame. */
  cursor: (before?: Entry) => string;
  onTooSlow: () => void;
}

/** A frame of the connection itself. */
export interface Control {
  type: string;
  data: Record<string, unknown>;
}

/** The way out to one client: one write a turn, frames in order, and a backlog when the client reads slowly. */
export class Outbox implements Hearer, Writer {
  private batch?: Batch;
  private overflow?: Overflow;
  private held?: Entry[];
  private holds = 0;
  private had = 0;
  private pendingBytes = 0;
  private catchingUp = 0;

  constructor(
    private readonly socket: Writable,
    private readonly options: OutboxOptions,
  ) {}

  get told(): boolean {
    return this.options.told;
  }

  get wire(): Wire {
    return this.options.wire;
  }

  /** Since when nothing went out though something waits, in ms. */
  get stalledSince(): number | undefined {
    return this.overflow?.stalledSince;
  }

  /** Bytes that wait for the client. */
  get waiting(): number {
    return this.socket.writableLength + this.pendingBytes + (this.overflow?.bytes ?? 0);
  }

  get keepsUp(): boolean {
    return !this.held && (this.overflow?.empty ?? true) && !this.socket.destroyed;
  }

  /** Takes no frame up to this place: the client has them. */
  skipUpTo(seq: number): void {
    this.had = seq;
  }

  offer(entry: Entry): void {
    if (entry.seq <= this.had) return;
    if (this.held) this.held.push(entry);
    else this.send(entry);
  }

  /** From now on frames are gathered, until as many releases as holds. */
  hold(): void {
    this.holds += 1;
    this.held ??= [];
  }

  release(): void {
    this.holds -= 1;
    if (this.holds > 0 || !this.held) return;
    // Of several channels the frames go out in the order in which they were accepted.
    const entries = this.held.sort((a, b) => a.seq - b.seq);
    this.held = undefined;
    // A client that catches up is not slow for having much to read.
    this.catchingUp = Math.min(
      entries.reduce((sum, e) => sum + e.size, 0),
      MOST_CATCHING_UP,
    );
    for (const entry of entries) this.send(entry);
  }

  /** What was gathered while it was held, which is not to be sent by itself any more. */
  takeHeld(): Entry[] {
    return this.held?.splice(0) ?? [];
  }

  gap(reason: string, dropped?: number): void {
    this.say({ type: 'gap', data: { reason, ...(dropped ? { dropped } : {}) } });
  }

  /** Says something that is no event. Its id is where the client stands after all that it got before. */
  say({ type, data }: Control, cursor = this.options.cursor(this.oldestWaiting())): void {
    if (!this.told) return;
    const withCursor = type === 'hello' || type === 'cursor' ? { cursor, ...data } : data;
    const text = JSON.stringify({ id: cursor, type, at: new Date().toISOString(), data: withCursor });
    this.append(oneOff(this.options.wire, cursor, text));
  }

  /** Tells a client of server-sent events where it stands, without an event. */
  mark(): void {
    this.append(Buffer.from(`:\nid: ${this.options.cursor(this.oldestWaiting())}\n\n`));
  }

  /** Writes a frame at the end of the turn. */
  write(entry: Entry): void {
    this.append(entry.bytes(this.options.wire));
    this.options.metrics.delivered(entry);
    if (entry.written) return;
    entry.written = true;
    this.options.metrics.written(entry);
  }

  private send(entry: Entry): void {
    const clogged = this.socket.writableLength + this.pendingBytes > HIGH_WATER;
    if (clogged || (this.overflow && !this.overflow.empty)) return this.wait(entry);
    this.write(entry);
  }

  private wait(entry: Entry): void {
    const { limit, metrics, onTooSlow } = this.options;
    this.overflow ??= new Overflow(this.socket, this, new Backlog(limit + this.catchingUp));
    const what = this.overflow.add(entry);
    if (what === 'full') onTooSlow();
    else if (what !== 'kept') metrics.lost(entry, what);
  }

  flush(): void {
    const { batch } = this;
    this.batch = undefined;
    this.pendingBytes = 0;
    if (batch && !this.socket.writableEnded && !this.socket.destroyed) this.socket.write(batch.bytes());
  }

  private oldestWaiting(): Entry | undefined {
    const held = this.held?.length ? this.held.reduce((a, b) => (a.seq < b.seq ? a : b)) : undefined;
    return this.overflow?.oldest ?? held;
  }

  private append(bytes: Buffer): void {
    if (!this.batch) this.options.turn.add(this);
    this.batch = (this.batch ?? this.options.turn.root).with(bytes);
    this.pendingBytes += bytes.length;
  }
}
