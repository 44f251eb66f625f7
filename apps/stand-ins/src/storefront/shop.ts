import { gumroadId, makeSale, type Sale } from './sale.js';
import { newSubscriber, type Subscriber } from './subscriber.js';

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
  /** Of products that are paid again and again. */
  readonly subscribers = new Map<string, Subscriber>();
  /** To notifications. */
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
    if (sale.subscription_id) this.charge(sale, sale.subscription_id);
    return sale;
  }

  /** A sale of a subscription that there is already is one more charge of it. */
  private charge(sale: Sale, id: string): void {
    const known = this.subscribers.get(id);
    sale.subscriber = known ?? newSubscriber(sale);
    sale.subscriber.sales.push(sale);
    if (known) sale.is_recurring_charge = true;
    this.subscribers.set(id, sale.subscriber);
  }

  /** The products of a bundle: each a sale of its own, at no price. */
  partsOf(whole: Sale, permalinks: unknown): Sale[] {
    if (!Array.isArray(permalinks)) return [];
    whole.is_bundle_purchase = true;
    const { email, full_name } = whole;
    const part = { email, full_name, price: 0, is_bundle_product_purchase: true };
    return permalinks.map((permalink) => this.sell({ ...part, product_permalink: String(permalink) }));
  }

  /** The giver's side of a gift, which is a sale of its own that nobody is pinged about. */
  giverOf(gift: Sale): Sale | undefined {
    if (!gift.is_gift_receiver_purchase || !gift.gifter_email) return undefined;
    const { permalink, price, gifter_email } = gift;
    const wish = { email: gifter_email, product_permalink: permalink, price, is_gift_sender_purchase: true };
    return Object.assign(this.sell(wish), { gift_of: gift });
  }

  /** A partial refund changes no flag that a ping shows; only the API tells of it. */
  refund(sale: Sale, partial: boolean): void {
    if (partial) sale.partially_refunded = true;
    else Object.assign(sale, { refunded: true, partially_refunded: false });
    if (!partial && sale.gift_of) this.refund(sale.gift_of, false);
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
