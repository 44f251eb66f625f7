import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import type { Entry } from './entry.js';
import { EVENT_CLASSES, type EventClass } from './event-class.rules.js';

/** What becomes of frames, by their class (RT36). */
@Injectable()
export class DeliveryMetrics {
  private readonly deliveries = new Map<EventClass, { inc(): void }>();
  private readonly losses;
  private readonly resumes;
  private readonly gaps;
  private readonly lags;
  private readonly replays;

  constructor(metrics: Metrics) {
    const deliveries = metrics.counter('gatehouse_realtime_deliveries_total', 'Frames written to clients.', ['class']);
    // Labels are looked up once and not for every frame and client.
    for (const name of EVENT_CLASSES) this.deliveries.set(name, deliveries.labels({ class: name }));
    this.losses = metrics.counter('gatehouse_realtime_lost_total', 'Frames that slow clients did not get.', [
      'class',
      'how',
    ]);
    this.resumes = metrics.counter('gatehouse_realtime_resumes_total', 'Clients that came back, by outcome.', [
      'outcome',
    ]);
    this.lags = metrics.histogram(
      'gatehouse_realtime_publish_to_write_seconds',
      'From the acceptance of a frame to its first write to a client.',
    );
    this.replays = metrics.histogram(
      'gatehouse_realtime_replayed_frames',
      'Frames that a client that came back had missed.',
      [],
      [0, 1, 3, 10, 30, 100, 300, 1_000],
    );
    this.gaps = metrics.counter('gatehouse_realtime_gaps_total', 'Holes in what the bus delivered, by outcome.', [
      'outcome',
    ]);
  }

  delivered({ eventClass }: Entry): void {
    this.deliveries.get(eventClass)?.inc();
  }

  lost({ eventClass }: Entry, how: string): void {
    this.losses.inc({ class: eventClass, how });
  }

  /** The first client was written a frame. */
  written({ at }: Entry): void {
    this.lags.observe(Math.max(0, Date.now() - at) / 1_000);
  }

  /** @param frames how many it had missed, where that is known */
  resumed(outcome: string, frames?: number): void {
    this.resumes.inc({ outcome });
    if (frames !== undefined) this.replays.observe(frames);
  }

  gap(outcome: 'healed' | 'told'): void {
    this.gaps.inc({ outcome });
  }
}
