import type { StandInAnswer, StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import type { Pinger, PingEncoding, PingResult } from './pinger.js';
import { saleForPing } from './sale-views.js';
import type { Sale } from './sale.js';
import type { Shop } from './shop.js';

/** Most copies that one call sends. */
const MOST_TIMES = 1000;

const encodingOf = (body: Record<string, unknown>): PingEncoding => (body['content_type'] === 'json' ? 'json' : 'form');
const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** Controls of the shop: what its owner and its buyers do, and what tests need to forge. */
export class ControlRoutes {
  constructor(
    private readonly shop: Shop,
    private readonly pinger: Pinger,
  ) {}

  routes(): StandInRoutes {
    return {
      'POST /_control/sales': ({ body }) => this.sell(body),
      'POST /_control/sales/:id/refund': this.changing('refund', (sale, b) =>
        this.shop.refund(sale, isTrue(b['partial'])),
      ),
      'POST /_control/sales/:id/dispute': this.changing('dispute', (sale) => {
        sale.disputed = true;
      }),
      'POST /_control/sales/:id/dispute_won': this.changing('dispute_won', (sale) => {
        sale.disputed = true;
        sale.dispute_won = true;
      }),
      'POST /_control/sales/:id/ping': this.withSale((sale, body) => this.pingAgain(sale, body)),
      'POST /_control/outage': ({ body }) => this.outage(body),
    };
  }

  private async sell(body: Record<string, unknown>): Promise<StandInAnswer> {
    const silent = body['ping'] === false || body['ping'] === 'false';
    const sale = this.shop.sell(body);
    const parts = this.shop.partsOf(sale, body['bundle']);
    const giver = this.shop.giverOf(sale);
    const pinged = silent ? [] : [sale, ...parts];
    const pings = await Promise.all(pinged.map((one) => this.ping(one, 'sale', body)));
    const others = {
      ...(parts.length && { part_ids: parts.map((p) => p.id) }),
      ...(giver && { giver_sale_id: giver.id }),
    };
    return { status: 201, json: { sale_id: sale.id, ...others, pings: pings.flat() } };
  }

  private changing(resource: string, change: (sale: Sale, body: Record<string, unknown>) => void) {
    return this.withSale(async (sale, body) => {
      change(sale, body);
      // The refund of a gift is the giver's, of whom no ping ever tells.
      const silent = body['ping'] === false || sale.is_gift_sender_purchase;
      const pings = silent ? [] : await this.ping(sale, resource, body);
      return { json: { sale_id: sale.id, pings } };
    });
  }

  private withSale(act: (sale: Sale, body: Record<string, unknown>) => Promise<StandInAnswer>) {
    return ({ params, body }: StandInRequest): Promise<StandInAnswer> => {
      const sale = this.shop.sales.get(params['id']!);
      return sale ? act(sale, body) : Promise.resolve({ status: 404, json: { error: 'no such sale' } });
    };
  }

  private ping(sale: Sale, resource: string, body: Record<string, unknown>): Promise<PingResult[]> {
    const members = saleForPing(sale, resource);
    return Promise.all(this.shop.urlsFor(resource).map((url) => this.pinger.send(url, members, encodingOf(body))));
  }

  /** A test ping is a real sale sent again with `test` and without `resource_name`. */
  private async pingAgain(sale: Sale, body: Record<string, unknown>): Promise<StandInAnswer> {
    const test = isTrue(body['test']);
    const resource = typeof body['resource_name'] === 'string' ? body['resource_name'] : 'sale';
    const members = {
      ...saleForPing(sale, test ? undefined : resource),
      ...(test && { test: true }),
      ...(body['retry_count'] !== undefined && { retry_count: body['retry_count'] }),
      ...(body['fields'] as Record<string, unknown> | undefined),
    };
    const times = Math.min(Math.max(Number(body['times'] ?? 1) || 1, 1), MOST_TIMES);
    const urls = this.shop.urlsFor(test ? 'sale' : resource);
    const sent = Array.from({ length: times }, () =>
      urls.map((url) => this.pinger.send(url, members, encodingOf(body))),
    );
    return { json: { sale_id: sale.id, pings: await Promise.all(sent.flat()) } };
  }

  private outage({ status, hang, times }: Record<string, unknown>): StandInAnswer {
    const broken = typeof status === 'number' || isTrue(hang);
    const left = typeof times === 'number' ? times : Number.POSITIVE_INFINITY;
    this.shop.break(broken ? { status: status as number | undefined, hang: isTrue(hang), left } : undefined);
    return { status: 204 };
  }
}
