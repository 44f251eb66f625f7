import { randomBytes } from 'node:crypto';
import { after, isTrue, numberOf, textOf, type Wish } from '../signed/desk.js';

/** An object of Stripe's API. */
export type StripeObject = Record<string, unknown> & { id: string; object: string };

export const stripeId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;
const unix = (day = new Date()): number => Math.floor(day.getTime() / 1000);

/** Everything that a Stripe account holds, in the shape of the API version that is asked for. */
export class StripeBooks {
  private readonly objects = new Map<string, StripeObject>();

  get(id: unknown): StripeObject | undefined {
    return this.objects.get(String(id));
  }

  /** Newest first, as the API lists them. */
  list(object: string, filter: (o: StripeObject) => boolean = () => true): StripeObject[] {
    return [...this.objects.values()].filter((o) => o.object === object && filter(o)).reverse();
  }

  keep(prefix: string, object: string, members: Record<string, unknown>): StripeObject {
    const kept = { id: stripeId(prefix), object, created: unix(), ...members };
    this.objects.set(kept.id, kept);
    return kept;
  }

  /** A payment and its charge. */
  pay(wish: Wish, invoice: string | null, livemode: boolean): StripeObject {
    const amount = numberOf(wish, 'price', 4900);
    const intent = this.keep('pi', 'payment_intent', { amount, status: 'succeeded', invoice, livemode });
    const email = textOf(wish, 'email', 'buyer@example.com');
    const charge = this.keep('ch', 'charge', {
      ...{ amount, amount_captured: amount, amount_refunded: 0, refunded: false, disputed: false, livemode, invoice },
      ...{ payment_intent: intent.id, billing_details: { email, name: null }, receipt_email: null },
    });
    return Object.assign(intent, { latest_charge: charge.id });
  }

  /** Line items are told only to who asks for them. */
  checkout(wish: Wish, members: Record<string, unknown>): StripeObject {
    const customer_details = {
      email: textOf(wish, 'email', 'buyer@example.com'),
      name: textOf(wish, 'full_name', '') || null,
    };
    return this.keep(`cs_${isTrue(wish['test']) ? 'test' : 'live'}`, 'checkout.session', {
      ...{ status: 'complete', payment_status: 'paid', customer_details, metadata: wish['metadata'] ?? {}, ...members },
      line_items: { object: 'list', data: [itemOf(wish)] },
    });
  }

  subscribe(wish: Wish, recurrence: string, livemode: boolean): StripeObject {
    return this.keep('sub', 'subscription', {
      ...{ status: 'active', cancel_at_period_end: false, cancel_at: null, ended_at: null, livemode, recurrence },
      ...{ current_period_end: unix(after(new Date(), recurrence)), items: { object: 'list', data: [itemOf(wish)] } },
    });
  }

  invoice(wish: Wish, subscription: StripeObject, billing_reason: string): StripeObject {
    const { recurrence, livemode, id } = subscription;
    const done = this.list('invoice', (invoice) => invoice['subscription'] === id).length;
    const [start, end] = [done, done + 1].map((count) => unix(after(new Date(), String(recurrence), count)));
    const invoice = this.keep('in', 'invoice', {
      ...{ status: 'paid', billing_reason, subscription: id, livemode, amount_paid: numberOf(wish, 'price', 4900) },
      customer_email: textOf(wish, 'email', 'buyer@example.com'),
      customer_name: textOf(wish, 'full_name', '') || null,
      lines: { object: 'list', data: [{ ...itemOf(wish), proration: false, period: { start, end } }] },
    });
    const payment = this.pay(wish, invoice.id, livemode === true);
    return Object.assign(invoice, { payment_intent: payment.id, charge: payment['latest_charge'] });
  }
}

function itemOf(wish: Wish) {
  const product = textOf(wish, 'product_id', 'prod_pro');
  const price = { id: textOf(wish, 'price_id', `price_of_${product}`), object: 'price', product, nickname: null };
  return { object: 'item', description: 'License', quantity: numberOf(wish, 'quantity', 1), price };
}
