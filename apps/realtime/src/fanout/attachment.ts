import type { Channel } from './channel.js';
import type { Channels } from './channels.service.js';
import { writeCursor, type CursorScope, type Position } from './cursor.rules.js';
import type { Entry } from './entry.js';
import type { ChannelKind } from './event-class.rules.js';
import type { Outbox } from './outbox.js';
import { worthReplaying } from './replay.rules.js';

/** What a client missed while it was away, or why that cannot be told. */
export type Missed = { from: Position; entries: Entry[] } | { reason: string };

/** The channels of one client, and where it stands in them. */
export class Attachment {
  /** In order of kinds. */
  readonly channels = new Map<ChannelKind, Channel>();

  constructor(
    private readonly hub: Channels,
    readonly userId: string,
  ) {}

  get scope(): CursorScope {
    return { userId: this.userId, epoch: this.hub.epoch };
  }

  /** Its cursor when it has had everything, or everything before a frame. */
  cursor(before?: Entry): string {
    const upTo = before ? before.seq - 1 : Infinity;
    const seqs: Position['seqs'] = {};
    for (const [kind, channel] of this.channels) seqs[kind] = Math.min(channel.last, upTo);
    return writeCursor(this.scope, { at: before ? before.at - 1 : Date.now(), seqs });
  }

  /**
   * Begins to deliver. Everything since it joined is in the outbox; what was missed before goes out first.
   * @param hello what the first frame says beside the cursor
   */
  start(outbox: Outbox, hello: Record<string, unknown>, missed?: Missed): void {
    outbox.begin();
    const gathered = outbox.takeHeld();
    if (missed && 'from' in missed) {
      outbox.say({ type: 'hello', data: { resumed: true, ...hello } }, writeCursor(this.scope, missed.from));
      outbox.skipUpTo(missed.from.seqs);
      const { entries, stale } = worthReplaying(merge(missed.entries, gathered), Date.now());
      if (stale) outbox.gap('chat_window', stale);
      for (const entry of entries) outbox.offer(entry);
    } else {
      outbox.say({ type: 'hello', data: { resumed: false, ...hello } });
      if (missed) outbox.gap(missed.reason);
    }
    outbox.release();
  }

  leave(outbox: Outbox): void {
    for (const [kind, channel] of this.channels) this.hub.leave(kind, channel, outbox);
  }
}

function merge(missed: Entry[], gathered: Entry[]): Entry[] {
  const bySeq = new Map([...missed, ...gathered].map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
