import type { StandInAnswer, StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import type { Pinger, PingEncoding, PingResult } from './pinger.js';
import { saleForPing } from './sale-views.js';
import { makeSale, type Sale } from './sale.js';
import type { Shop } from './shop.js';
import { paidUntil, subscriberForPing, type Plan, type Subscriber } from './subscriber.js';

type Body = Record<string, unknown>;

const encodingOf = (body: Body): PingEncoding => (body['content_type'] === 'json' ? 'json' : 'form');
const isSilent = (body: Body): boolean => body['ping'] === false || body['ping'] === 'false';

/** Controls of subscriptions: what time, the buyer and the bank do to them. */
export class SubscriptionRoutes {
  constructor(
    private readonly shop: Shop,
    private readonly pinger: Pinger,
  ) {}

  routes(): StandInRoutes {
    return {
      'POST /_control/subscriptions/:id/charge': this.with((subscriber, body) => this.charge(subscriber, body)),
      'POST /_control/subscriptions/:id/cancel': this.with((subscriber, body) => {
        subscriber.cancelled_at = paidUntil(subscriber).toISOString();
        return this.tell(subscriber, 'cancellation', body);
      }),
      'POST /_control/subscriptions/:id/end': this.with((subscriber, body) => {
        const member = body['reason'] === 'failed_payment' ? 'failed_at' : 'cancelled_at';
        subscriber[member] = new Date().toISOString();
        return this.tell(subscriber, 'subscription_ended', body);
      }),
      'POST /_control/subscriptions/:id/restart': this.with((subscriber, body) => {
        delete subscriber.cancelled_at;
        delete subscriber.failed_at;
        subscriber.restarted_at = new Date().toISOString();
        return this.tell(subscriber, 'subscription_restarted', body);
      }),
      'POST /_control/subscriptions/:id/change': this.with((subscriber, body) => this.change(subscriber, body)),
      'POST /_control/subscriptions/:id/ping': this.with((subscriber, body) =>
        this.tell(subscriber, String(body['resource_name'] ?? 'subscription_updated'), body),
      ),
    };
  }

  /** An upgrade is charged at once and its period begins anew; a downgrade waits for the next charge. */
  private async change(subscriber: Subscriber, body: Body): Promise<StandInAnswer> {
    const last = subscriber.sales.at(-1)!;
    const { permalink, product_id, product_name, price, variants } = makeSale({ ...wishOf(last), ...body });
    subscriber.next_plan = { permalink, product_id, product_name, price, variants };
    if (body['when'] === 'next') return this.tell(subscriber, 'subscription_updated', body);
    const charged = await this.charge(subscriber, body);
    await this.tell(subscriber, 'subscription_updated', body);
    return charged;
  }

  private async charge(subscriber: Subscriber, body: Body): Promise<StandInAnswer> {
    const plan = subscriber.next_plan;
    const wish = { ...wishOf(subscriber.sales.at(-1)!), ...(plan && wishOf(plan)), ...body };
    delete subscriber.next_plan;
    const sale = this.shop.sell({ ...wish, subscription_id: subscriber.id });
    const pings = isSilent(body) ? [] : await this.send('sale', saleForPing(sale, 'sale'), body);
    return { status: 201, json: { sale_id: sale.id, pings } };
  }

  private async tell(subscriber: Subscriber, resource: string, body: Body): Promise<StandInAnswer> {
    const pings = isSilent(body) ? [] : await this.send(resource, subscriberForPing(subscriber, resource), body);
    return { json: { subscription_id: subscriber.id, pings } };
  }

  private send(resource: string, members: Body, body: Body): Promise<PingResult[]> {
    const copies = Array.from({ length: Number(body['times'] ?? 1) || 1 }, () => this.shop.urlsFor(resource)).flat();
    return Promise.all(copies.map((url) => this.pinger.send(url, members, encodingOf(body))));
  }

  private with(act: (subscriber: Subscriber, body: Body) => Promise<StandInAnswer>) {
    return ({ params, body }: StandInRequest): Promise<StandInAnswer> => {
      const subscriber = this.shop.subscribers.get(params['id']!);
      return subscriber
        ? act(subscriber, body)
        : Promise.resolve({ status: 404, json: { error: 'no such subscription' } });
    };
  }
}

/** What a control may wish for, so that the next charge is like this one. */
function wishOf(sale: Plan & Partial<Sale>): Body {
  const { permalink, email, full_name, recurrence, purchaser_id, variants, price, quantity } = sale;
  const wish = { product_permalink: permalink, email, full_name, recurrence, purchaser_id, variants, price, quantity };
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}
