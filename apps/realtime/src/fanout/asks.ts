import type { Msg } from '@nats-io/transport-node';

/** Less than what whoever asks waits. */
const PATIENCE_MS = 2_300;

/** Begins a question for no frame's takers, but for all clients that are connected; the rank of who asks follows. */
const WHO_IS_BEFORE = 'before:';

/** Asks how many connected clients come before one of this rank. */
export const whoIsBefore = (rank: string): string => WHO_IS_BEFORE + rank;

/** Counts the clients of a channel here. */
export interface Headcount {
  /** Those that get at once what is published. */
  takers(): number;
  /** Those that are connected, however slowly they read, and come before one of this rank. */
  before(rank: string): number;
}

/**
 * Answers how many clients here were given a frame. The question may be here before the frame is: then it waits for it.
 */
export class Asks {
  private open: { seq: number; answer: (count: number) => void }[] = [];

  constructor(private readonly count: Headcount) {}

  /** @param msg a question: its text is the frame's place in the stream, or {@link whoIsBefore} */
  add(msg: Msg, last: number): void {
    const text = msg.string();
    if (!msg.reply) return;
    if (text.startsWith(WHO_IS_BEFORE)) {
      return void msg.respond(String(this.count.before(text.slice(WHO_IS_BEFORE.length))));
    }
    const seq = Number(text);
    if (!Number.isSafeInteger(seq)) return;
    if (seq <= last) return void msg.respond(String(this.count.takers()));
    const timer = setTimeout(() => this.end((ask) => ask === open, 0), PATIENCE_MS);
    const open = {
      seq,
      answer: (count: number) => {
        clearTimeout(timer);
        msg.respond(String(count));
      },
    };
    this.open.push(open);
  }

  /** A frame was handed to the clients. */
  passed(seq: number): void {
    if (this.open.length) this.end((ask) => ask.seq <= seq, this.count.takers());
  }

  private end(which: (ask: Asks['open'][number]) => boolean, count: number): void {
    const ended = this.open.filter(which);
    this.open = this.open.filter((ask) => !ended.includes(ask));
    for (const { answer } of ended) answer(count);
  }
}
