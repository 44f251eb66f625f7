import { gumroadId, makeSale, type Sale } from './sale.js';

export const RESOURCE_NAMES = [
  'sale',
  'refund',
  'dispute',
  'dispute_won',
  'cancellation',
  'subscription_updated',
  'subscription_ended',
  'subscription_restarted',
] as const;

export interface ResourceSubscription {
  id: string;
  resource_name: string;
  post_url: string;
}

/** What the store's API does instead of answering, while it is broken. */
export interface Outage {
  status?: number;
  hang?: boolean;
  left: number;
}

/** The shop's books: sales, and who is told about what. */
export class Shop {
  readonly sales = new Map<string, Sale>();
  readonly subscriptions = new Map<string, ResourceSubscription>();
  private outage?: Outage;

  /** @param pingUrl the account's ping URL: it hears of sales, and its subscriptions of the rest. */
  constructor(private readonly pingUrl?: string) {
    if (!pingUrl) return;
    for (const name of RESOURCE_NAMES) if (name !== 'sale') this.subscribe(name, pingUrl);
  }

  sell(wish: Record<string, unknown>): Sale {
    const sale = makeSale(wish);
    this.sales.set(sale.id, sale);
    return sale;
  }

  /** A partial refund changes no flag that a ping shows; only the API tells of it. */
  refund(sale: Sale, partial: boolean): void {
    if (partial) sale.partially_refunded = true;
    else Object.assign(sale, { refunded: true, partially_refunded: false });
  }

  subscribe(resource_name: string, post_url: string): ResourceSubscription {
    const subscription = { id: gumroadId(), resource_name, post_url };
    this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  /** URLs that are told of `resource`, each once. */
  urlsFor(resource: string): string[] {
    const subscribed = [...this.subscriptions.values()].filter((s) => s.resource_name === resource);
    const own = resource === 'sale' && this.pingUrl ? [this.pingUrl] : [];
    return [...new Set([...own, ...subscribed.map((s) => s.post_url)])];
  }

  /** Newest first, as the API lists them. */
  list(filter: (sale: Sale) => boolean): Sale[] {
    return [...this.sales.values()].reverse().filter(filter);
  }

  break(outage: Outage | undefined): void {
    this.outage = outage;
  }

  /** The outage that this call runs into, if any. */
  nextOutage(): Outage | undefined {
    if (!this.outage || this.outage.left <= 0) return undefined;
    this.outage.left -= 1;
    return this.outage;
  }
}
