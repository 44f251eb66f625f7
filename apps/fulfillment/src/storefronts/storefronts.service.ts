import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
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
  }
}
