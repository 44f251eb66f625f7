import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StorefrontUnreachable } from '../storefront.js';
import { GumroadApi } from './gumroad-api.js';
import { GumroadStorefront } from './gumroad-storefront.js';

/** What the store's API answers with 200, whatever it is asked. */
let answer: unknown;
let server: Server;
let gumroad: GumroadStorefront;

beforeAll(async () => {
  server = createServer((_, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gumroad = new GumroadStorefront(['secret'], 'https://id.example', new GumroadApi(url, 'token'));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const NO = { success: false, message: 'The sale was not found.' };

describe('G18: a store that answers `success: false`', () => {
  it('has listed nothing, which is not the same as a list without sales', async () => {
    answer = NO;
    await expect(gumroad.listOrders({ after: '2026-01-01' })).rejects.toThrow(StorefrontUnreachable);
    answer = { success: true, sales: [] };
    expect(await gumroad.listOrders({ after: '2026-01-01' })).toEqual({ orders: [], next_cursor: null });
  });

  it('has not told which notifications reach us', async () => {
    answer = NO;
    await expect(gumroad.health()).rejects.toThrow(StorefrontUnreachable);
    answer = { success: true, resource_subscriptions: [] };
    expect((await gumroad.health()).missing).toContain('refund');
  });

  it('knows no such sale when it is asked for one', async () => {
    answer = NO;
    expect(await gumroad.fetchOrder('abc==', () => Promise.resolve([]))).toBeNull();
  });

  it.each([[[]], [null], ['text'], [{ sales: [] }], [{ success: 'yes' }]])(
    'and one that answers %j, which is not its own JSON, is asked again later',
    async (other) => {
      answer = other;
      await expect(gumroad.fetchOrder('abc==', () => Promise.resolve([]))).rejects.toThrow('its own JSON');
    },
  );
});
