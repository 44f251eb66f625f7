import type { Msg } from '@nats-io/transport-node';

/** Less than what whoever asks waits. */
const PATIENCE_MS = 900;

/**
 * Answers how many clients here were given a frame. The question may be here before the frame is: then it waits for it.
 */
export class Asks {
  private open: { seq: number; answer: (count: number) => void }[] = [];

  constructor(private readonly takers: () => number) {}

  /** @param msg a question: its text is the frame's place in the stream */
  add(msg: Msg, last: number): void {
    const seq = Number(msg.string());
    if (!msg.reply || !Number.isSafeInteger(seq)) return;
    if (seq <= last) return void msg.respond(String(this.takers()));
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
    if (this.open.length) this.end((ask) => ask.seq <= seq, this.takers());
  }

  private end(which: (ask: Asks['open'][number]) => boolean, count: number): void {
    const ended = this.open.filter(which);
    this.open = this.open.filter((ask) => !ended.includes(ask));
    for (const { answer } of ended) answer(count);
  }
}
