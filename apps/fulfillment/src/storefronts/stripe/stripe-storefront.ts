import { SignatureInvalid } from '#contracts';
import type { OrderSnapshot } from '../order-snapshot.js';
import { flagAt, idAt, listAt, objectAt, textAt, type JsonObject } from '../signed/json-reader.js';
import { StoreApi } from '../signed/store-api.js';
import type {
  Credentials,
  OrderPage,
  PingDescription,
  StoredPing,
  Storefront,
  StorefrontHealth,
} from '../storefront.js';
import type { StoreSettings } from '../storefronts.config.js';
import { checkoutSnapshot, invoiceSnapshot } from './payment.rules.js';
import { StripeReader } from './stripe-reader.js';
import { describeEvent, isStripeSignature } from './webhook.rules.js';

/** Answers keep this shape whatever the account's own version is; events are only asked for ids. */
const API_VERSION = '2025-02-24.acacia';
const NEEDED_TYPES = [
  ...['checkout.session.completed', 'invoice.paid', 'charge.refunded'],
  ...['charge.dispute.created', 'charge.dispute.closed', 'customer.subscription.deleted'],
];
const PAGE_SIZE = '50';
const SESSIONS = 'sessions:';
const INVOICES = 'invoices:';

/** Stripe: signs with a time; what it sells once is a payment, what it sells by subscription are invoices. */
export class StripeStorefront implements Storefront {
  readonly store = 'stripe';
  readonly refusal = SignatureInvalid;
  private readonly api: StoreApi;
  private readonly reader: StripeReader;

  constructor(
    private readonly settings: StoreSettings,
    private readonly now: () => number = Date.now,
  ) {
    const headers = { authorization: `Bearer ${settings.apiKey}`, 'stripe-version': API_VERSION };
    this.api = new StoreApi(`${settings.apiUrl}/v1`, headers);
    this.reader = new StripeReader(this.api);
  }

  authenticate(credentials: Credentials): boolean {
    return isStripeSignature(credentials, this.settings.secrets, this.now());
  }

  describe(ping: StoredPing): PingDescription {
    return describeEvent(ping);
  }

  fetchOrder(named: string): Promise<OrderSnapshot | null> {
    return this.reader.order(named);
  }

  /** Checkouts first, then invoices. */
  async listOrders(window: { after: string; before?: string }, cursor = SESSIONS): Promise<OrderPage> {
    return cursor.startsWith(INVOICES)
      ? this.listInvoices(window, cursor.slice(INVOICES.length))
      : this.listSessions(window, cursor.slice(SESSIONS.length));
  }

  async health(): Promise<StorefrontHealth> {
    const answer = await this.api.get('webhook_endpoints', { limit: '100' });
    const enabled = listAt(answer, 'data').filter((endpoint) => textAt(endpoint, 'status') === 'enabled');
    const told = new Set(enabled.flatMap(({ enabled_events: e }) => (Array.isArray(e) ? (e as unknown[]) : [])));
    return { missing: told.has('*') ? [] : NEEDED_TYPES.filter((type) => !told.has(type)) };
  }

  private async listSessions(window: { after: string; before?: string }, after: string): Promise<OrderPage> {
    const expand = { 'expand[0]': 'data.line_items', 'expand[1]': 'data.payment_intent.latest_charge' };
    const query = { ...pageOf(window, after), status: 'complete', ...expand };
    const answer = await this.api.get('checkout/sessions', query);
    const once = listAt(answer, 'data').filter((session) => textAt(session, 'mode') === 'payment');
    const orders = await Promise.all(once.map((session) => this.sold(session)));
    return { orders, next_cursor: nextOf(answer, SESSIONS) ?? INVOICES };
  }

  private async sold(session: JsonObject): Promise<OrderSnapshot> {
    const intent = objectAt(session, 'payment_intent');
    const payment = await this.reader.paymentOf(objectAt(intent, 'latest_charge'));
    const paid = textAt(session, 'payment_status') !== 'unpaid';
    return checkoutSnapshot(idAt(session, 'payment_intent') ?? textAt(session, 'id') ?? '', session, payment, paid);
  }

  private async listInvoices(window: { after: string; before?: string }, after: string): Promise<OrderPage> {
    const query = { ...pageOf(window, after), status: 'paid', 'expand[0]': 'data.charge' };
    const answer = await this.api.get('invoices', query);
    const orders = listAt(answer, 'data').map(async (invoice) =>
      invoiceSnapshot(invoice, await this.reader.paymentOf(objectAt(invoice, 'charge')), null),
    );
    return { orders: await Promise.all(orders), next_cursor: nextOf(answer, INVOICES) };
  }
}

const seconds = (day: string): string => String(Date.parse(`${day}T00:00:00Z`) / 1000);

const pageOf = ({ after, before }: { after: string; before?: string }, startingAfter: string) => ({
  'created[gte]': seconds(after),
  'created[lt]': before && seconds(before),
  limit: PAGE_SIZE,
  starting_after: startingAfter || undefined,
});

function nextOf(answer: JsonObject, prefix: string): string | null {
  const last = listAt(answer, 'data').at(-1);
  return flagAt(answer, 'has_more') && last ? `${prefix}${textAt(last, 'id')}` : null;
}
