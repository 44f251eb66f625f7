import type { MsgHdrs } from '@nats-io/transport-node';
import { kindOf, type ChannelKind, type EventClass } from './event-class.rules.js';
import { HEADERS } from './frame-headers.js';
import { textFrame } from './wire.rules.js';

/** How a client's bytes look. */
export type Wire = 'websocket' | 'sse';

/** A frame of the stream, made into bytes once for all clients that get it. */
export class Entry {
  /** Its place in the stream; grows from frame to frame, over all channels. */
  readonly seq: number;
  /** Place of the frame before it in the same channel; 0 when there was none. */
  readonly lastSeq: number;
  readonly eventClass: EventClass;
  readonly kind: ChannelKind;
  readonly key: string;
  /** When it was published, in ms. */
  readonly at: number;
  /** Whether some client here was written it. */
  written = false;
  private readonly frame: Buffer;
  private event?: Buffer;

  private constructor(
    readonly id: string,
    head: MsgHdrs,
    text: Uint8Array,
  ) {
    this.seq = Number(head.get(HEADERS.seq));
    this.lastSeq = Number(head.get(HEADERS.lastSeq) || 0);
    this.eventClass = head.get(HEADERS.eventClass) as EventClass;
    this.kind = kindOf(head.get(HEADERS.subject));
    this.key = head.get(HEADERS.key);
    this.at = Number(head.get(HEADERS.at));
    this.frame = textFrame(text);
  }

  /** @returns nothing for a message that is no frame of ours */
  static from(head: MsgHdrs | undefined, text: Uint8Array): Entry | undefined {
    const id = head?.get(HEADERS.id);
    return head && id ? new Entry(id, head, text) : undefined;
  }

  get size(): number {
    return this.frame.length;
  }

  bytes(wire: Wire): Buffer {
    if (wire === 'websocket') return this.frame;
    return (this.event ??= sseEvent(this.id, this.frame.subarray(headLength(this.frame))));
  }
}

/** Bytes before the text in a frame made by {@link textFrame}. */
const headLength = (frame: Buffer): number => ({ 126: 4, 127: 10 })[frame[1]!] ?? 2;

const sseEvent = (id: string, text: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`id: ${id}\ndata: `), text, Buffer.from('\n\n')]);

/** A text that is for one client only, as bytes. */
export const oneOff = (wire: Wire, id: string, text: string): Buffer =>
  wire === 'websocket' ? textFrame(Buffer.from(text)) : sseEvent(id, Buffer.from(text));
