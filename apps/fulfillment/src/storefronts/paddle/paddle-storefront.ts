import { SignatureInvalid } from '#contracts';
import type { OrderSnapshot, SubscriptionSnapshot } from '../order-snapshot.js';
import { flagAt, listAt, objectAt, textAt, type JsonObject } from '../signed/json-reader.js';
import { StoreApi } from '../signed/store-api.js';
import type { Query } from '../store-http.js';
import { StorefrontUnreachable } from '../storefront.js';
import type {
  Credentials,
  OrderPage,
  PingDescription,
  StoredPing,
  Storefront,
  StorefrontHealth,
} from '../storefront.js';
import type { StoreSettings } from '../storefronts.config.js';
import { isFirstSale, subscriptionSnapshot, transactionSnapshot } from './transaction.rules.js';
import {
  describeNotification,
  isPaddleSignature,
  isSubscription,
  isTransaction,
  subscribedTypes,
} from './webhook.rules.js';

const NEEDED_TYPES = ['transaction.completed', 'adjustment.created', 'adjustment.updated', 'subscription.canceled'];
const PAGE_SIZE = '30';
/** Ten years of monthly charges, and more of yearly ones. */
const MOST_PAGES = 5;

/** Paddle: signs with a time, and tells of refunds and chargebacks as adjustments of a transaction. */
export class PaddleStorefront implements Storefront {
  readonly store = 'paddle';
  readonly refusal = SignatureInvalid;
  private readonly api: StoreApi;
  private readonly isSandbox: boolean;

  constructor(
    private readonly settings: StoreSettings,
    private readonly now: () => number = Date.now,
  ) {
    const headers = { authorization: `Bearer ${settings.apiKey}`, 'paddle-version': '1' };
    this.api = new StoreApi(settings.apiUrl, headers);
    this.isSandbox = new URL(settings.apiUrl).hostname.startsWith('sandbox');
  }

  authenticate(credentials: Credentials): boolean {
    return isPaddleSignature(credentials, this.settings.secrets, this.now());
  }

  describe(ping: StoredPing): PingDescription {
    return describeNotification(ping);
  }

  async fetchOrder(named: string): Promise<OrderSnapshot | null> {
    if (isTransaction(named)) return this.fetchTransaction(named);
    return isSubscription(named) ? this.fetchFirstOf(named) : null;
  }

  async listOrders({ after, before }: { after: string; before?: string }, cursor?: string): Promise<OrderPage> {
    const answer = await this.api.get('transactions', {
      status: 'completed',
      'created_at[GTE]': `${after}T00:00:00Z`,
      'created_at[LT]': before && `${before}T00:00:00Z`,
      include: 'customer,adjustments',
      ...pageAfter(cursor, 'DESC'),
    });
    return {
      orders: listAt(answer, 'data').map((transaction) => transactionSnapshot(transaction, null, this.isSandbox)),
      next_cursor: nextCursor(answer),
    };
  }

  async health(): Promise<StorefrontHealth> {
    const answer = await this.api.get('notification-settings', { active: 'true' });
    const told = subscribedTypes(listAt(answer, 'data').filter((setting) => flagAt(setting, 'active')));
    return { missing: NEEDED_TYPES.filter((type) => !told.has(type)) };
  }

  private async fetchTransaction(id: string): Promise<OrderSnapshot | null> {
    const answer = await this.api.find(`transactions/${id}`, { include: 'customer,adjustments' });
    if (!answer) return null;
    const transaction = objectAt(answer, 'data');
    if (textAt(transaction, 'id') !== id) throw new StorefrontUnreachable("The store's API told of another sale");
    const of = textAt(transaction, 'subscription_id');
    return transactionSnapshot(transaction, of ? await this.subscription(of) : null, this.isSandbox);
  }

  /** The sale that a subscription began with; what becomes of the subscription is decided with it. */
  private async fetchFirstOf(subscription: string): Promise<OrderSnapshot | null> {
    const first = (await this.transactionsOf(subscription)).find(isFirstSale);
    const id = first && textAt(first, 'id');
    return id ? this.fetchTransaction(id) : null;
  }

  private async subscription(id: string): Promise<SubscriptionSnapshot | null> {
    const answer = await this.api.find(`subscriptions/${encodeURIComponent(id)}`);
    if (!answer) return null;
    const ids = (await this.transactionsOf(id)).flatMap((transaction) => textAt(transaction, 'id') ?? []);
    return subscriptionSnapshot(objectAt(answer, 'data'), ids);
  }

  /** Paid transactions of a subscription, oldest first. */
  private async transactionsOf(subscription_id: string): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
      const query = { subscription_id, status: 'completed', ...pageAfter(cursor, 'ASC') };
      const answer = await this.api.get('transactions', query);
      found.push(...listAt(answer, 'data'));
      cursor = nextCursor(answer);
    }
    return found;
  }
}

const pageAfter = (cursor: string | undefined, order: 'ASC' | 'DESC'): Query => ({
  order_by: `id[${order}]`,
  per_page: PAGE_SIZE,
  after: cursor,
});

/** The last id of a page that is not the last. */
function nextCursor(answer: JsonObject): string | null {
  if (!flagAt(objectAt(answer, 'meta', 'pagination'), 'has_more')) return null;
  const last = listAt(answer, 'data').at(-1);
  return last ? textAt(last, 'id') : null;
}
