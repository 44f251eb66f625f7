import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { LemonSqueezyStorefront } from './lemon-squeezy-storefront.js';

/** What their list of orders has, newest first, a page at a time. */
const PAGES: (string | null)[][] = [
  ['2026-05-04T10:00:00.000000Z', null],
  ['2026-05-03T10:00:00.000000Z', '2026-05-02T10:00:00.000000Z'],
  [null, '2026-04-01T10:00:00.000000Z'],
  ['2026-03-01T10:00:00.000000Z'],
];

let store: http.Server;
let storefront: LemonSqueezyStorefront;
beforeAll(async () => {
  store = http.createServer((request, response) => {
    const number = Number(new URL(request.url!, 'http://store').searchParams.get('page[number]'));
    const data = PAGES[number - 1]!.map((created_at, at) => ({
      type: 'orders',
      id: `${number}${at}`,
      attributes: { created_at, status: 'paid' },
    }));
    response.setHeader('content-type', 'application/vnd.api+json');
    response.end(JSON.stringify({ meta: { page: { lastPage: PAGES.length } }, data }));
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  storefront = new LemonSqueezyStorefront({ apiUrl, apiKey: 'key', secrets: [] });
});
afterAll(() => {
  store.close();
  store.closeAllConnections();
});

async function listed(window: { after: string; before?: string }) {
  const orders: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await storefront.listOrders(window, cursor);
    orders.push(...page.orders.map((order) => order.order_id.replace('lemonsqueezy-order-', '')));
    pages++;
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return { orders, pages };
}

it('G18: an order without a date is listed, and ends no list; an old one does', async () => {
  expect(await listed({ after: '2026-05-01' })).toEqual({ orders: ['10', '11', '20', '21', '30'], pages: 3 });
});

it('G18: what was sold from a day on is not listed before it', async () => {
  expect(await listed({ after: '2026-05-01', before: '2026-05-03' })).toEqual({ orders: ['11', '21', '30'], pages: 3 });
});
