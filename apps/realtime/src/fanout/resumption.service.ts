import { Injectable } from '@nestjs/common';
import { Attachment, type Missed } from './attachment.js';
import type { Channel } from './channel.js';
import { Channels } from './channels.service.js';
import { isCursor, readCursor, type Position } from './cursor.rules.js';
import { DeliveryMetrics } from './delivery-metrics.service.js';
import type { Entry } from './entry.js';
import { CHANNELS, HISTORY_MS, type ChannelKind } from './event-class.rules.js';
import type { Outbox } from './outbox.js';

/** The stream forgets by the broker's clock. */
const CLOCKS_APART_MS = 15_000;

const LONGEST_CURSOR = 256;

/** Joins clients to their channels: new ones from now on, those that come back from where they were. */
@Injectable()
export class Resumption {
  constructor(
    private readonly channels: Channels,
    private readonly metrics: DeliveryMetrics,
  ) {}

  /**
   * Joins a client whose outbox is held, so that nothing published from now on is missed.
   * @throws when the broker does not answer; nothing is joined then
   */
  async join(attachment: Attachment, outbox: Outbox, agent: boolean): Promise<void> {
    const kinds = CHANNELS.filter((kind) => agent || kind !== 'agent');
    const opened = kinds.map((kind) => ({ kind, ...this.channels.join(kind, attachment.userId, outbox) }));
    for (const { kind, channel } of opened) attachment.channels.set(kind, channel);
    try {
      await Promise.all(opened.map(({ ready }) => ready));
      await Promise.all(opened.map(({ channel }) => channel.settled()));
    } catch (error) {
      attachment.leave(outbox);
      throw error;
    }
  }

  /** Looks up what a client missed. It never fails: when it cannot be told, the client is told that. */
  async missed(attachment: Attachment, since: string): Promise<Missed> {
    const missed = await this.lookUp(attachment, since).catch(() => ({ reason: 'history_unavailable' }));
    if ('from' in missed) this.metrics.resumed('resumed', missed.entries.length);
    else this.metrics.resumed(missed.reason);
    return missed;
  }

  private async lookUp({ channels, scope }: Attachment, since: string): Promise<Missed> {
    const from = isCursor(since) ? readCursor(scope, since) : await this.positionOf([...channels], since);
    if (!from) return { reason: 'cursor_unknown' };
    const kept = from.at > Date.now() - HISTORY_MS + CLOCKS_APART_MS;
    const entries: Entry[] = [];
    for (const [kind, channel] of channels) {
      const seq = from.seqs[kind];
      const after = seq === undefined ? [] : await channel.memory.after(seq, kept);
      if (!after) return { reason: 'cursor_too_old' };
      // Later ones are on their way to the client by themselves.
      entries.push(...after.filter((entry) => entry.seq <= channel.last));
    }
    return { from, entries };
  }

  /** Frames reach a client in one order, so one frame's place is its place in every channel. */
  private async positionOf(channels: [ChannelKind, Channel][], id: string) {
    if (id.length > LONGEST_CURSOR) return undefined;
    let entry: Entry | undefined;
    for (const [, channel] of channels) entry ??= channel.memory.findHere(id);
    for (const [, channel] of channels) entry ??= await channel.memory.find(id);
    if (!entry) return undefined;
    const { seq, at } = entry;
    return { at, seqs: Object.fromEntries(channels.map(([kind]) => [kind, seq])) } satisfies Position;
  }
}
