import type { Writable } from 'node:stream';
import { Backlog } from './backlog.js';
import { Batch, type Turn, type Writer } from './batch.js';
import type { Position } from './cursor.rules.js';
import { oneOff, type Entry, type Wire } from './entry.js';
import type { DeliveryMetrics } from './delivery-metrics.service.js';
import type { Hearer } from './channel.js';
import { Held } from './held.js';
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
  /** Among those of its person that open at one moment; whoever stays comes before them all. */
  rank = '';
  private batch?: Batch;
  private overflow?: Overflow;
  private readonly held = new Held();
  private begun = false;
  private had: Position['seqs'] = {};
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

  /** For how long nothing has gone out though something waits. */
  get stalledMs(): number {
    return this.overflow?.stalledMs ?? 0;
  }

  /** Bytes that wait for the client. */
  get waiting(): number {
    return this.socket.writableLength + this.pendingBytes + (this.overflow?.bytes ?? 0);
  }

  get keepsUp(): boolean {
    return !this.held.on && (this.overflow?.empty ?? true) && !this.socket.destroyed;
  }

  isBefore(rank: string): boolean {
    return this.begun && !this.socket.destroyed && this.rank < rank;
  }

  /** Its client is connected, whatever it may still have to wait for. */
  begin(): void {
    this.begun = true;
  }

  /** Takes no frame up to these places: the client has them, maybe from a replica that was ahead of this one. */
  skipUpTo(seqs: Position['seqs']): void {
    this.had = seqs;
  }

  offer(entry: Entry): void {
    if (entry.seq <= (this.had[entry.kind] ?? 0)) return;
    if (!this.held.add(entry)) this.send(entry);
  }

  /** From now on frames are gathered, until as many releases as holds. */
  hold(): void {
    this.held.hold();
  }

  release(): void {
    const entries = this.held.release();
    if (!entries) return;
    // A client that catches up is not slow for having much to read.
    this.catchingUp = Math.min(
      entries.reduce((sum, e) => sum + e.size, 0),
      MOST_CATCHING_UP,
    );
    for (const entry of entries) this.send(entry);
  }

  /** What was gathered while it was held, which is not to be sent by itself any more. */
  takeHeld(): Entry[] {
    return this.held.take();
  }

  gap(reason: string, dropped?: number): void {
    this.say({ type: 'gap', data: { reason, ...(dropped ? { dropped } : {}) } });
  }

  /** What the client has had says nothing of what comes now. */
  restart(): void {
    this.had = {};
    this.gap('history_unavailable');
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
    return this.overflow?.oldest ?? this.held.oldest;
  }

  private append(bytes: Buffer): void {
    if (!this.batch) this.options.turn.add(this);
    this.batch = (this.batch ?? this.options.turn.root).with(bytes);
    this.pendingBytes += bytes.length;
  }
}
