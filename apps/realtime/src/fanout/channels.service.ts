import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import { Bus } from '#bus';
import { Channel, type Hearer } from './channel.js';
import { DeliveryMetrics } from './delivery-metrics.service.js';
import { channelName, HISTORY_MS, type ChannelKind } from './event-class.rules.js';
import { FrameHistory } from './frame-history.service.js';

/** What one person's clients are likely to ask for again, and what everybody's are. */
const OWN_RING = { frames: 128, bytes: 65_536 };
const SHARED_RING = { frames: 1_024, bytes: 4_194_304 };

/** Channels that are looked after at once when the broker is back. */
const AT_ONCE = 64;

interface Open {
  channel: Channel;
  ready: Promise<void>;
}

/** A time without the broker: nobody goes on before what was missed in it, of whichever channel, is filled in. */
interface Outage {
  lostAt: number;
  waiting: Set<Hearer>;
  /** Whether the broker is back, and what was missed is being read. */
  ending: boolean;
}

/** The channels that somebody here listens to: one subscription each, whoever and however many they are. */
@Injectable()
export class Channels {
  private readonly open = new Map<string, Open>();
  /** Which life of the stream this is; known as soon as a channel is ready. */
  epoch = '';
  private outage?: Outage;

  constructor(
    private readonly bus: Bus,
    private readonly history: FrameHistory,
    private readonly deliveries: DeliveryMetrics,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    metrics.gauge('gatehouse_realtime_subscriptions', 'Channels that are listened to.', [], (g) =>
      g.set(this.open.size),
    );
    bus.onLost(() => this.lost());
    bus.onReconnect(() => this.recover());
  }

  /** Listens to a channel. It is ready when `ready` resolves; leave it also when that fails. */
  join(kind: ChannelKind, userId: string, hearer: Hearer): Open {
    const name = channelName(kind, userId);
    const open = this.open.get(name) ?? this.make(kind, name);
    open.channel.hearers.add(hearer);
    if (this.outage) hold(this.outage, hearer);
    return open;
  }

  /** Stops listening. With its last listener a person's channel is given up. */
  leave(kind: ChannelKind, channel: Channel, hearer: Hearer): void {
    channel.hearers.delete(hearer);
    if (!channel.hearers.size && (kind === 'user' || kind === 'agent')) this.drop(channel);
  }

  private make(kind: ChannelKind, name: string): Open {
    const size = kind === 'user' || kind === 'agent' ? OWN_RING : SHARED_RING;
    const place = { history: this.history, metrics: this.deliveries, onReplay: () => void this.checkLife() };
    const channel = new Channel(name, place, size);
    const ready = this.openUp(channel);
    const open = { channel, ready };
    this.open.set(name, open);
    // Whoever joined waits for it too; without anybody it must not end the process.
    ready.catch(() => this.drop(channel));
    return open;
  }

  private async openUp(channel: Channel): Promise<void> {
    this.epoch ||= await this.history.epoch();
    await channel.open(this.bus.connection);
  }

  private drop(channel: Channel): void {
    channel.close();
    if (this.open.get(channel.name)?.channel === channel) this.open.delete(channel.name);
  }

  private lost(): void {
    if (this.outage && !this.outage.ending) return;
    this.outage = { lostAt: Date.now(), waiting: new Set(), ending: false };
    for (const { channel } of this.open.values()) for (const hearer of channel.hearers) hold(this.outage, hearer);
  }

  private async recover(): Promise<void> {
    const { outage } = this;
    if (outage) outage.ending = true;
    const away = outage ? Date.now() - outage.lostAt : 0;
    try {
      await this.checkLife();
      const channels = [...this.open.values()].map((o) => o.channel);
      await Promise.all(Array.from({ length: AT_ONCE }, () => healAll(channels)));
      if (away >= HISTORY_MS) for (const hearer of outage!.waiting) hearer.gap('outage');
    } finally {
      if (this.outage === outage) this.outage = undefined;
      for (const hearer of outage?.waiting ?? []) hearer.release();
    }
  }

  /** A stream that was made anew counts from one again: what is known of places is void then. */
  private async checkLife(): Promise<void> {
    const before = this.epoch;
    const now = await this.history.epoch().catch(() => before);
    if (!before || now === before) return;
    this.epoch = now;
    this.log.warn('the stream of frames was made anew');
    for (const { channel } of this.open.values()) channel.restart();
    await healAll([...this.open.values()].map((o) => o.channel));
  }
}

function hold({ waiting }: Outage, hearer: Hearer): void {
  if (waiting.has(hearer)) return;
  waiting.add(hearer);
  hearer.hold();
}

async function healAll(channels: Channel[]): Promise<void> {
  for (let channel = channels.pop(); channel; channel = channels.pop()) await channel.heal();
}
