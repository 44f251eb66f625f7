import { WebhookUnauthenticated } from '#contracts';
import type { OrderSnapshot } from '../order-snapshot.js';
import { listAt } from '../signed/json-reader.js';
import {
  StorefrontUnreachable,
  type Credentials,
  type OrderPage,
  type PingDescription,
  type StoredPing,
  type Storefront,
  type StorefrontHealth,
} from '../storefront.js';
import type { GumroadApi } from './gumroad-api.js';
import { GumroadNotifications } from './gumroad-notifications.js';
import { describePing, isSaleId, readPing, type PingFields } from './ping.rules.js';
import { monthsOf, pingSnapshot, renewedKey, saleSnapshot } from './sale.rules.js';
import { subscriptionSnapshot } from './subscription.rules.js';
import { isAcceptedSecret } from './webhook-secret.rules.js';

type Sale = Readonly<Record<string, unknown>>;

/** Gumroad: nothing that it sends is signed, so a secret in the URL lets a ping in and the API alone is believed. */
export class GumroadStorefront implements Storefront {
  readonly store = 'gumroad';
  readonly refusal = WebhookUnauthenticated;

  private readonly notifications: GumroadNotifications | null;

  /**
   * @param secrets of the ping URL, the current one first
   * @param publicUrl where the store reaches us
   * @param api null: pings are believed, for development without the store's API.
   */
  constructor(
    private readonly secrets: readonly string[],
    publicUrl: string,
    private readonly api: GumroadApi | null,
  ) {
    this.notifications = api && new GumroadNotifications(api, secrets, publicUrl);
  }

  authenticate({ secret }: Credentials): boolean {
    return isAcceptedSecret(secret, this.secrets);
  }

  describe(ping: StoredPing): PingDescription {
    return describePing(ping);
  }

  async fetchOrder(orderId: string, pings: () => Promise<StoredPing[]>): Promise<OrderSnapshot | null> {
    if (!this.api) return this.believePings(orderId, await pings());
    const answer = await this.api.get(`sales/${encodeURIComponent(orderId)}`);
    if (!answer.success) return null;
    const sale = answer['sale'] as Sale | undefined;
    if (sale?.['id'] !== orderId) throw new StorefrontUnreachable("The store's API told of another sale");
    const snapshot = saleSnapshot(orderId, sale);
    return this.withSubscription({ ...snapshot, renews: snapshot.renews ?? renewedKey(await pings()) });
  }

  /** What the API tells of a subscription besides its charges: whether it goes on, and which charges there are. */
  private async withSubscription(order: OrderSnapshot): Promise<OrderSnapshot> {
    if (!order.subscription_id) return order;
    const answer = await this.api!.get(`subscribers/${encodeURIComponent(order.subscription_id)}`);
    const subscriber = answer.success ? (answer['subscriber'] as Sale | undefined) : undefined;
    if (!subscriber) return order;
    const period_months = order.period_months ?? monthsOf(subscriber['recurrence']);
    return { ...order, period_months, subscription: subscriptionSnapshot(order.subscription_id, subscriber) };
  }

  async listOrders(window: { after: string; before?: string }, cursor?: string): Promise<OrderPage> {
    if (!this.api) return { orders: [], next_cursor: null };
    const answer = await this.api.list('sales', { ...window, page_key: cursor });
    const sales = listAt(answer, 'sales').filter((sale) => isSaleId(sale['id']));
    const next = answer['next_page_key'];
    return {
      orders: sales.map((sale) => saleSnapshot(String(sale['id']), sale)),
      next_cursor: typeof next === 'string' ? next : null,
    };
  }

  async health(): Promise<StorefrontHealth> {
    return { missing: (await this.notifications?.missing()) ?? [] };
  }

  async subscribe(missing: readonly string[]): Promise<void> {
    await this.notifications?.subscribe(missing);
  }

  private believePings(orderId: string, pings: StoredPing[]): OrderSnapshot | null {
    const read = pings.filter((p) => describePing(p).kind === 'order').map(readPing);
    const ofSale = read.filter((fields): fields is PingFields => fields?.get('sale_id') === orderId);
    return pingSnapshot(orderId, ofSale);
  }
}
