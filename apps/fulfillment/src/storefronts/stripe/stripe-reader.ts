import type { OrderSnapshot } from '../order-snapshot.js';
import { flagAt, idAt, listAt, objectAt, textAt, type JsonObject } from '../signed/json-reader.js';
import type { StoreApi } from '../signed/store-api.js';
import { checkoutSnapshot, heaviest, invoiceSnapshot, subscriptionSnapshot, type Payment } from './payment.rules.js';
import { prefixOf } from './webhook.rules.js';

const NOTHING: Payment = { charge: {}, dispute: null };

/** Reads orders from Stripe, whatever part of one an id names. */
export class StripeReader {
  constructor(private readonly api: StoreApi) {}

  async order(named: string): Promise<OrderSnapshot | null> {
    switch (prefixOf(named)) {
      case 'pi':
        return this.payment(named);
      case 'in':
        return this.invoice(named);
      case 'sub':
        return this.firstOf(named);
      case 'ch':
      case 'py':
        return this.ofCharge(named);
      case 'cs':
        return this.checkout(named);
      default:
        return null;
    }
  }

  /** Whether a charge was refunded or disputed. */
  async paymentOf(charge: JsonObject): Promise<Payment> {
    if (!flagAt(charge, 'disputed')) return { charge, dispute: null };
    const answer = await this.api.get('disputes', { charge: textAt(charge, 'id') ?? '', limit: '100' });
    return { charge, dispute: heaviest(listAt(answer, 'data')) };
  }

  private async payment(id: string): Promise<OrderSnapshot | null> {
    const intent = await this.api.find(`payment_intents/${id}`, { 'expand[0]': 'latest_charge' });
    if (!intent) return null;
    const invoice = idAt(intent, 'invoice');
    if (invoice) return this.invoice(invoice);
    const query = { payment_intent: id, limit: '1', 'expand[0]': 'data.line_items' };
    const [session = {}] = listAt(await this.api.get('checkout/sessions', query), 'data');
    const payment = await this.paymentOf(objectAt(intent, 'latest_charge'));
    return checkoutSnapshot(id, session, payment, textAt(intent, 'status') === 'succeeded');
  }

  private async invoice(id: string): Promise<OrderSnapshot | null> {
    const invoice = await this.api.find(`invoices/${id}`, { 'expand[0]': 'charge' });
    if (!invoice) return null;
    const payment = await this.paymentOf(objectAt(invoice, 'charge'));
    const of = idAt(invoice, 'subscription');
    const subscription = of && (await this.api.find(`subscriptions/${encodeURIComponent(of)}`));
    if (!of || !subscription) return invoiceSnapshot(invoice, payment, null);
    const ids = (await this.invoicesOf(of)).flatMap((paid) => textAt(paid, 'id') ?? []);
    return invoiceSnapshot(invoice, payment, subscriptionSnapshot(subscription, ids));
  }

  /** The sale that a subscription began with; what becomes of the subscription is decided with it. */
  private async firstOf(subscription: string): Promise<OrderSnapshot | null> {
    const first = (await this.invoicesOf(subscription)).find(
      (invoice) => textAt(invoice, 'billing_reason') === 'subscription_create',
    );
    const id = first && textAt(first, 'id');
    return id ? this.invoice(id) : null;
  }

  /** Newest first; a hundred are eight years of months. */
  private async invoicesOf(subscription: string): Promise<JsonObject[]> {
    return listAt(await this.api.get('invoices', { subscription, status: 'paid', limit: '100' }), 'data');
  }

  private async ofCharge(id: string): Promise<OrderSnapshot | null> {
    const charge = await this.api.find(`charges/${id}`);
    const named = charge && (idAt(charge, 'invoice') ?? idAt(charge, 'payment_intent'));
    return named ? this.order(named) : null;
  }

  /** A checkout that nothing was paid at, for a coupon; else it is its payment's. */
  private async checkout(id: string): Promise<OrderSnapshot | null> {
    const session = await this.api.find(`checkout/sessions/${id}`, { 'expand[0]': 'line_items' });
    if (!session) return null;
    const named = idAt(session, 'invoice') ?? idAt(session, 'payment_intent');
    if (named) return this.order(named);
    return checkoutSnapshot(id, session, NOTHING, textAt(session, 'payment_status') === 'no_payment_required');
  }
}
