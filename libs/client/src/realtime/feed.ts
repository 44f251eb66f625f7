import { Emitter } from '../emitter.js';
import type { Frame, Gap } from './events.js';
import { Position } from './position.js';

/** What is handed on of all that lines hear: each event once and in order, what may be missing, and where to go on. */
export class Feed {
  private readonly listeners = new Emitter<{ [type: string]: Frame }>();
  private readonly position = new Position();
  /** A gap that this end has told already, should the server tell it, too. */
  private toldGap = false;

  /** @param since where an earlier connection was */
  constructor(since?: string) {
    if (since !== undefined) this.position.moveTo(since);
  }

  /** Where another connection may go on. */
  get cursor(): string | undefined {
    return this.position.cursor;
  }

  /** @returns a function that ends the listening */
  on(type: string, listener: (frame: Frame) => void): () => void {
    return this.listeners.on(type, listener);
  }

  /** A line has begun. @param since what it was asked to go on behind */
  begin(since: string | undefined, { cursor, resumed }: { cursor?: string; resumed: boolean }): void {
    this.toldGap = false;
    const asked = since !== undefined;
    // What was asked for follows: until it has come, the place is where it was.
    if (!(asked && resumed) && cursor !== undefined) this.position.moveTo(cursor);
    if (asked && !resumed) this.tellGap({ reason: 'not_resumed' }, cursor);
  }

  take(frame: Frame): void {
    if (frame.type === 'cursor') return this.position.moveTo(String(frame.data.cursor ?? frame.id));
    if (frame.type === 'gap') return this.takeGap(frame);
    if (!this.position.take(frame)) return;
    this.listeners.emit(frame.type, frame);
    this.listeners.emit('*', frame);
  }

  private takeGap(frame: Frame): void {
    this.position.moveTo(frame.id);
    const again = this.toldGap && frame.data.reason !== 'too_slow' && frame.data.reason !== 'outage';
    this.toldGap = false;
    if (!again) this.listeners.emit('gap', frame);
  }

  private tellGap(gap: Gap, cursor = ''): void {
    this.toldGap = true;
    this.listeners.emit('gap', { id: cursor, type: 'gap', at: new Date().toISOString(), data: { ...gap } });
  }
}
