import type { Writable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Attachment } from '../fanout/attachment.js';
import { Turn } from '../fanout/batch.js';
import { Channels } from '../fanout/channels.service.js';
import { DeliveryMetrics } from '../fanout/delivery-metrics.service.js';
import type { Wire } from '../fanout/entry.js';
import { Outbox } from '../fanout/outbox.js';
import { RealtimeConfig } from '../realtime.config.js';

/** A way out to a client, and the channels that lead to it. */
export interface WayOut {
  outbox: Outbox;
  attachment: Attachment;
}

/** Makes the ways out to clients; they share their turns, and so their bytes. */
@Injectable()
export class Outboxes {
  private readonly turn = new Turn();

  constructor(
    private readonly config: RealtimeConfig,
    private readonly channels: Channels,
    private readonly metrics: DeliveryMetrics,
  ) {}

  make(socket: Writable, asked: { userId: string; wire: Wire; told: boolean }, onTooSlow: () => void): WayOut {
    const attachment = new Attachment(this.channels, asked.userId);
    const outbox = new Outbox(socket, {
      wire: asked.wire,
      told: asked.told,
      limit: this.config.socketBufferBytes,
      turn: this.turn,
      metrics: this.metrics,
      cursor: (before) => attachment.cursor(before),
      onTooSlow,
    });
    return { outbox, attachment };
  }
}
