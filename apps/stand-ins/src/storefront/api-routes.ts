import type { StandInAnswer, StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import { saleForApi } from './sale-views.js';
import type { Sale } from './sale.js';
import { RESOURCE_NAMES, type Shop } from './shop.js';
import { subscriberForApi } from './subscriber.js';

const PER_PAGE = 10;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const success = (members: object): StandInAnswer => ({ json: { success: true, ...members } });
const failure = (message: string): StandInAnswer => ({ json: { success: false, message } });
const badRequest = (error: string): StandInAnswer => ({ status: 400, json: { status: 400, error } });
const unauthorized: StandInAnswer = {
  status: 401,
  json: { error: 'invalid_token' },
  headers: { 'www-authenticate': 'Bearer realm="Doorkeeper", error="invalid_token"' },
};

function tokenOf({ headers, query, body }: StandInRequest): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const plain = query.get('access_token') ?? body['access_token'];
  return bearer ?? (typeof plain === 'string' && plain !== '' ? plain : undefined);
}

function filterOf(query: URLSearchParams): (sale: Sale) => boolean {
  const [after, before] = [query.get('after'), query.get('before')];
  const [email, product, order] = [query.get('email'), query.get('product_id'), query.get('order_id')];
  return (sale) =>
    (!after || sale.created_at.slice(0, 10) >= after) &&
    (!before || sale.created_at.slice(0, 10) < before) &&
    (!email || sale.email === email.trim()) &&
    (!product || sale.product_id === product) &&
    (!order || String(sale.order_number) === order);
}

function listSales(shop: Shop, query: URLSearchParams): StandInAnswer {
  for (const name of ['after', 'before']) {
    const day = query.get(name);
    if (day && !DAY.test(day)) {
      return badRequest(`Invalid date format provided in field '${name}'. Dates must be in the format YYYY-MM-DD.`);
    }
  }
  const found = shop.list(filterOf(query));
  const key = query.get('page_key');
  const start = key ? found.findIndex((s) => pageKey(s) === key) + 1 : 0;
  if (key && start === 0) return badRequest('Invalid page_key.');
  const page = found.slice(start, start + PER_PAGE);
  const more = found.length > start + PER_PAGE ? { next_page_key: pageKey(page.at(-1)!) } : {};
  const next = more.next_page_key ? { ...more, next_page_url: `/v2/sales?page_key=${more.next_page_key}` } : {};
  return success({ sales: page.map(saleForApi), ...next });
}

const pageKey = (sale: Sale): string => `${sale.created_at.replace(/\D/g, '')}-${sale.order_number}`;

function listSubscriptions(shop: Shop, query: URLSearchParams): StandInAnswer {
  const name = query.get('resource_name');
  if (!isResource(name)) return failure('Valid resource_name parameter required');
  const found = [...shop.subscriptions.values()].filter((s) => s.resource_name === name);
  return success({ resource_subscriptions: found });
}

const isResource = (name: unknown): name is string => (RESOURCE_NAMES as readonly unknown[]).includes(name);

function putSubscription(shop: Shop, body: Record<string, unknown>): StandInAnswer {
  const { resource_name: name, post_url: url } = body;
  if (typeof url !== 'string' || !URL.canParse(url)) return failure(`Invalid post URL '${String(url)}'`);
  if (!isResource(name)) return failure(`Unable to subscribe to '${String(name)}'.`);
  return success({ resource_subscription: shop.subscribe(name, url) });
}

/**
 * Gumroad's API v2 over the shop's books.
 * @param accessToken the one that is accepted; when it is left out, any.
 */
export function apiRoutes(shop: Shop, accessToken?: string): StandInRoutes {
  const guarded = (answer: (request: StandInRequest) => StandInAnswer) => (request: StandInRequest) => {
    const outage = shop.nextOutage();
    if (outage)
      return outage.hang ? { hang: true } : { status: outage.status, content: 'upstream error', type: 'text/html' };
    const token = tokenOf(request);
    return token && (!accessToken || token === accessToken) ? answer(request) : unauthorized;
  };
  return {
    'GET /v2/sales': guarded(({ query }) => listSales(shop, query)),
    'GET /v2/sales/:id': guarded(({ params }) => {
      const sale = shop.sales.get(params['id']!);
      return sale ? success({ sale: saleForApi(sale) }) : failure('The sale was not found.');
    }),
    'GET /v2/subscribers/:id': guarded(({ params }) => {
      const subscriber = shop.subscribers.get(params['id']!);
      return subscriber
        ? success({ subscriber: subscriberForApi(subscriber) })
        : failure('The subscriber was not found.');
    }),
    'GET /v2/resource_subscriptions': guarded(({ query }) => listSubscriptions(shop, query)),
    'PUT /v2/resource_subscriptions': guarded(({ body }) => putSubscription(shop, body)),
    'DELETE /v2/resource_subscriptions/:id': guarded(({ params }) =>
      shop.subscriptions.delete(params['id']!)
        ? success({ message: 'The resource_subscription was deleted successfully.' })
        : failure('The resource_subscription was not found.'),
    ),
  };
}
