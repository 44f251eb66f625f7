import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import type { Storefront } from './storefront.js';
import { StorefrontsService } from './storefronts.service.js';

const EVERY_MS = 300_000;
/** A store that cannot be asked is asked again sooner. */
const AWAY_MS = 30_000;

/** Says whether the stores can be asked. One that is away keeps nobody from starting: pings are stored meanwhile. */
@Injectable()
export class StorefrontProbes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** What was found last, so that it is logged once. */
  private readonly found = new Map<string, string>();
  private readonly up;
  private stopped = false;

  constructor(
    private readonly storefronts: StorefrontsService,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.up = metrics.gauge('gatehouse_storefront_up', 'Whether the store could be asked.', ['store']);
  }

  onApplicationBootstrap(): void {
    for (const storefront of this.storefronts.all()) void this.watch(storefront);
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** Asks a store now. @returns whether it has answered */
  async probe(storefront: Storefront): Promise<boolean> {
    const { store } = storefront;
    try {
      const { missing } = await storefront.health();
      this.up.set({ store }, 1);
      this.tell(store, missing.length ? `does not notify us of ${missing.join(', ')}` : '');
      return true;
    } catch (error) {
      this.up.set({ store }, 0);
      this.tell(store, 'cannot be asked', error);
      return false;
    }
  }

  private async watch(storefront: Storefront): Promise<void> {
    const isUp = await this.probe(storefront);
    if (this.stopped) return;
    const wait = (isUp ? EVERY_MS : AWAY_MS) * (0.8 + Math.random() * 0.4);
    this.timers.set(storefront.store, setTimeout(() => void this.watch(storefront), wait).unref());
  }

  private tell(store: string, what: string, error?: unknown): void {
    const before = this.found.get(store) ?? '';
    this.found.set(store, what);
    if (what === before) return;
    if (what) this.log.warn(`the store ${store} ${what}`, { store, error });
    else this.log.info(`the store ${store} is well again`, { store });
  }
}
