import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import type { Store } from '#contracts';
import { FulfillmentConfig } from '../fulfillment.config.js';
import { configuredStorefronts } from './configured-storefronts.js';
import { StorefrontUnreachable, type Storefront } from './storefront.js';

/** The stores that sell for us. */
@Injectable()
export class StorefrontsService implements OnApplicationBootstrap {
  private readonly stores: ReadonlyMap<Store, Storefront>;

  constructor(
    private readonly config: FulfillmentConfig,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {
    this.stores = new Map(configuredStorefronts(config).map((storefront) => [storefront.store, storefront]));
  }

  /** The stores that are configured. */
  all(): Storefront[] {
    return [...this.stores.values()];
  }

  /** A store; undefined when it is not configured. */
  find(store: Store): Storefront | undefined {
    return this.stores.get(store);
  }

  /** @throws StorefrontUnreachable when the store is not configured (any more); what waits for it waits on. */
  of(store: Store): Storefront {
    const storefront = this.stores.get(store);
    if (!storefront) throw new StorefrontUnreachable(`The store ${store} is not configured`);
    return storefront;
  }

  onApplicationBootstrap(): void {
    if (!this.config.gumroadConfirm) {
      this.log.warn('GUMROAD_CONFIRM is off: whoever knows the ping URL can make licenses. Development only.');
    }
    for (const storefront of this.all()) void this.probe(storefront);
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
