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

  resumed(outcome: string): void {
    this.resumes.inc({ outcome });
  }

  gap(outcome: 'healed' | 'told'): void {
    this.gaps.inc({ outcome });
  }
}
