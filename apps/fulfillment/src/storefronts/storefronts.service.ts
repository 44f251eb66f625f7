import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import { FulfillmentConfig } from '../fulfillment.config.js';
import { GumroadApi } from './gumroad/gumroad-api.js';
import { GumroadStorefront } from './gumroad/gumroad-storefront.js';
import type { Storefront } from './storefront.js';

/** The stores that sell for us. */
@Injectable()
export class StorefrontsService implements OnApplicationBootstrap {
  private readonly gumroad: Storefront;

  constructor(
    private readonly config: FulfillmentConfig,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    const token = config.gumroadConfirm ? config.gumroadAccessToken : undefined;
    const api = token ? new GumroadApi(config.gumroadApiUrl, token) : null;
    this.gumroad = new GumroadStorefront(config.gumroadWebhookSecrets, api);
  }

  of(_store: 'gumroad'): Storefront {
    return this.gumroad;
  }

  onApplicationBootstrap(): void {
    if (!this.config.gumroadConfirm) {
      this.log.warn('GUMROAD_CONFIRM is off: whoever knows the ping URL can make licenses. Development only.');
    }
    void this.probe(this.gumroad);
  }

  /** A store that is away keeps nobody from starting: pings are stored meanwhile. */
  private async probe(storefront: Storefront): Promise<void> {
    const gauge = this.metrics.gauge('gatehouse_storefront_up', 'Whether the store could be asked.', ['store']);
    try {
      const { missing } = await storefront.health();
      gauge.set({ store: storefront.store }, 1);
      if (missing.length)
        this.log.warn('the store does not notify us of everything', { store: storefront.store, missing });
    } catch (error) {
      gauge.set({ store: storefront.store }, 0);
      this.log.warn('the store cannot be asked yet', { store: storefront.store, error });
    }
  }
}
