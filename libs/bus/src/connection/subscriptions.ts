import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { BusConnection } from './bus-connection.js';
import { BusHealth } from './bus-health.js';
import { KeptSubscription, type KeptSubscriptionOptions } from './kept-subscription.js';

/** Makes subscriptions that last as long as the app; while one does not stand the app is not ready. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly link: BusConnection,
    private readonly busHealth: BusHealth,
    private readonly log: Log,
  ) {}

  keep(options: KeptSubscriptionOptions): KeptSubscription {
    const kept = new KeptSubscription(this.link, this.log, options);
    this.busHealth.watch(() => (kept.problem ? [`${options.subject}: ${kept.problem}`] : []));
    return kept;
  }
}
