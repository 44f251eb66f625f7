import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { Asks } from './asks.js';
import { ChannelMemory } from './channel-memory.js';
import type { DeliveryMetrics } from './delivery-metrics.service.js';
import { Entry } from './entry.js';
import { CHANNEL_DEPTH, type FrameHistory } from './frame-history.service.js';
import type { RingSize } from './ring.js';

/** A client's end of a channel. */
export interface Hearer {
  offer(entry: Entry): void;
  /** Gathers what is offered until it is released as often as it was held. */
  hold(): void;
  release(): void;
  gap(reason: string): void;
  /** Places mean nothing any more: the stream began anew. */
  restart(): void;
  /** Whether what is offered goes out at once. */
  readonly keepsUp: boolean;
  /** Whether a client is connected, and not merely about to be, and comes before one of this rank. */
  isBefore(rank: string): boolean;
}

export interface ChannelPlace {
  history: FrameHistory;
  metrics: DeliveryMetrics;
  /** A place was seen again that is not the same frame: the stream may have been made anew. */
  onReplay: () => void;
}

/**
 * The frames of one subject, as this replica hears them: each one once and in order. The broker tells with every frame
 * which one was before it, so a hole shows at once; it is filled from the stream before anything else is passed on.
 */
export class Channel {
  readonly hearers = new Set<Hearer>();
  /** Place of the newest frame that was passed on, or that was there when it opened. */
  last = 0;
  readonly memory: ChannelMemory;
  private subscription?: Subscription;
  private opened = false;
  private closed = false;
  private healing?: Promise<void>;
  private waiting: Entry[] = [];
  private readonly asks = new Asks({
    takers: () => this.count((hearer) => hearer.keepsUp),
    before: (rank) => this.count((hearer) => hearer.isBefore(rank)),
  });

  constructor(
    readonly name: string,
    private readonly place: ChannelPlace,
    size: RingSize,
  ) {
    this.memory = new ChannelMemory(name, place.history, size);
  }

  /** Resolves when nothing that is published from now on can be missed. @throws when the broker does not answer */
  async open(nc: NatsConnection): Promise<void> {
    if (this.closed) return;
    this.subscription = nc.subscribe(`rtl.${this.name}`, {
      callback: (error, msg) => {
        if (!error) this.take(msg);
      },
    });
    // The answer comes behind the subscription, so what it does not count is heard.
    const before = await this.place.history.lastSeq(this.name);
    this.last = Math.max(this.last, before);
    this.memory.startAt(before);
    this.opened = true;
  }

  /** For good, also when it is just being opened. */
  close(): void {
    this.closed = true;
    this.subscription?.unsubscribe();
  }

  /** Resolves when no hole is being filled. */
  async settled(): Promise<void> {
    while (this.healing) await this.healing;
  }

  /** Fills the hole after the newest frame, if there is one, while the clients wait. */
  heal(): Promise<void> {
    this.healing ??= this.healNow();
    return this.healing;
  }

  /** The stream began anew: nothing of before has a place in it. */
  restart(): void {
    this.last = 0;
    this.memory.clear();
    for (const hearer of this.hearers) hearer.restart();
  }

  private count(which: (hearer: Hearer) => boolean): number {
    let n = 0;
    for (const hearer of this.hearers) if (which(hearer)) n += 1;
    return n;
  }

  private take(msg: Msg): void {
    const entry = Entry.from(msg.headers, msg.data);
    if (!entry) return this.asks.add(msg, this.last);
    if (this.healing) this.waiting.push(entry);
    else this.accept(entry);
  }

  private accept(entry: Entry): void {
    if (entry.seq <= this.last) {
      if (this.opened && !this.memory.has(entry)) this.place.onReplay();
      return;
    }
    // What was before the first frame that it hears is not missing: nobody had heard the channel then.
    if (!this.opened && !this.last) this.last = entry.lastSeq;
    if (entry.lastSeq > this.last) {
      this.waiting.push(entry);
      return void this.heal();
    }
    this.pass(entry);
  }

  private pass(entry: Entry): void {
    this.last = entry.seq;
    this.memory.add(entry);
    for (const hearer of this.hearers) hearer.offer(entry);
    this.asks.passed(entry.seq);
  }

  private async healNow(): Promise<void> {
    const held = [...this.hearers];
    for (const hearer of held) hearer.hold();
    try {
      await this.fill();
      this.place.metrics.gap('healed');
    } catch {
      this.giveUp();
    }
    this.healing = undefined;
    for (const entry of this.waiting.splice(0)) this.accept(entry);
    // What was heard meanwhile is with them now, so that they get it in the order of all their channels.
    for (const hearer of held) hearer.release();
  }

  private async fill(): Promise<void> {
    const missed = await this.memory.missedSince(this.last);
    if (missed.length >= CHANNEL_DEPTH) throw new Error('more was missed than is kept');
    for (const entry of missed) if (entry.seq > this.last) this.pass(entry);
    if ((this.waiting[0]?.lastSeq ?? 0) > this.last) throw new Error('what was missed is not kept');
  }

  /** Goes on behind the hole; whoever listens is told. */
  private giveUp(): void {
    const next = this.waiting[0];
    if (next) this.last = Math.max(this.last, next.lastSeq);
    this.memory.clear();
    this.place.metrics.gap('told');
    for (const hearer of this.hearers) hearer.gap('history_unavailable');
  }
}
