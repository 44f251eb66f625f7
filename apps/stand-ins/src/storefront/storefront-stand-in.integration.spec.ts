import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../../test/support/eventually.js';
import { startStorefrontStandIn, type StorefrontStandIn } from './storefront-stand-in.js';

interface Ping {
  type: string;
  body: string;
  form: URLSearchParams;
}

describe('the stand-in for Gumroad', () => {
  let shop: StorefrontStandIn;
  let listener: Server;
  let pings: Ping[] = [];
  let answers: number[] = [];

  beforeAll(async () => {
    listener = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        pings.push({ type: request.headers['content-type'] ?? '', body, form: new URLSearchParams(body) });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((r) => listener.listen(0, '127.0.0.1', r));
    const pingUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/webhooks/gumroad/secret`;
    shop = await startStorefrontStandIn({ pingUrl, accessToken: 'right', retryScale: 0.0001 });
  });
  afterAll(async () => {
    await shop.close();
    listener.close();
  });
  beforeEach(() => {
    pings = [];
    answers = [];
    shop.shop.sales.clear();
    shop.shop.subscribers.clear();
  });

  const control = async (path: string, body: object = {}) => {
    const response = await fetch(`${shop.url}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as { sale_id: string; pings: { status: number }[] };
  };
  const api = async (path: string, token = 'right') => {
    const response = await fetch(`${shop.url}/v2/${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, json: (await response.json()) as Record<string, never> };
  };

  it('D-webhook: a sale pings as Gumroad does and the control says how that was answered', async () => {
    const sold = await control('sales', { email: 'ada@example.com', variants: { Tier: 'Team & Co' } });
    expect(sold).toEqual({
      sale_id: expect.stringMatching(/^[\w-]{22}==$/),
      pings: [expect.objectContaining({ status: 200 })],
    });
    const [ping] = pings;
    expect(ping!.type).toBe('application/x-www-form-urlencoded');
    expect(ping!.body).toContain('variants%5BTier%5D=Team+%26+Co');
    expect(Object.fromEntries(ping!.form)).toMatchObject({
      sale_id: sold.sale_id,
      resource_name: 'sale',
      email: 'ada@example.com',
      permalink: 'pro',
      refunded: 'false',
      disputed: 'false',
      dispute_won: 'false',
      is_gift_receiver_purchase: 'false',
      'card[bin]': '',
    });
    expect(ping!.form.has('full_name')).toBe(false);
  });

  it('sells silently with ping: false, and sends again with a retry count, or as a test', async () => {
    const { sale_id } = await control('sales', { email: 'ada@example.com', ping: false });
    expect(pings).toHaveLength(0);
    await control(`sales/${sale_id}/ping`, { times: 3, retry_count: 2 });
    expect(pings.map((p) => p.form.get('retry_count'))).toEqual(['2', '2', '2']);
    await control(`sales/${sale_id}/ping`, { test: true, content_type: 'json' });
    const test = JSON.parse(pings[3]!.body) as Record<string, unknown>;
    expect(test).toMatchObject({ sale_id, test: true });
    expect(test).not.toHaveProperty('resource_name');
  });

  it('tells of a partial refund with refunded=false in the ping and partially_refunded in the API', async () => {
    const { sale_id } = await control('sales', { email: 'ada@example.com', ping: false });
    await control(`sales/${sale_id}/refund`, { partial: true });
    expect(pings[0]!.form.get('resource_name')).toBe('refund');
    expect(pings[0]!.form.get('refunded')).toBe('false');
    const partial = (await api(`sales/${encodeURIComponent(sale_id)}`)).json['sale'];
    expect(partial).toMatchObject({ id: sale_id, purchase_email: 'ada@example.com', partially_refunded: true });
    expect(partial).not.toHaveProperty('refunded');
    await control(`sales/${sale_id}/refund`);
    expect(pings[1]!.form.get('refunded')).toBe('true');
    expect((await api(`sales/${sale_id}`)).json['sale']).toMatchObject({ refunded: true, partially_refunded: false });
  });

  it('G8 G9: a subscription is charged again, cancelled, ended and restarted; pings name its purchases', async () => {
    const first = await control('sales', { subscription_id: 'sub', recurrence: 'monthly', ping: false });
    const charge = await control('subscriptions/sub/charge', { ping: false });
    const read = async () => (await api('subscribers/sub')).json['subscriber'] as unknown as Record<string, unknown>;
    expect(await read()).toMatchObject({ status: 'alive', purchase_ids: [first.sale_id, charge.sale_id] });
    expect((await api(`sales/${charge.sale_id}`)).json['sale']).toMatchObject({
      subscription_id: 'sub',
      recurring_charge: true,
      subscription_duration: 'monthly',
    });
    const seen: unknown[] = [];
    for (const what of ['cancel', 'end', 'restart']) {
      await control(`subscriptions/sub/${what}`);
      seen.push([pings.at(-1)!.form.get('resource_name'), (await read())['status']]);
    }
    expect(seen).toEqual([
      ['cancellation', 'pending_cancellation'],
      ['subscription_ended', 'cancelled'],
      ['subscription_restarted', 'alive'],
    ]);
    expect(pings.at(-1)!.form.getAll('purchase_ids[]')).toEqual([first.sale_id, charge.sale_id]);
    expect(pings.at(-1)!.form.has('sale_id')).toBe(false);
    expect((await api('subscribers/unknown')).json).toMatchObject({ success: false });
  });

  it('G11 G13: a gift has two sales and pings one; a bundle pings itself and its parts at no price', async () => {
    const gift = { is_gift_receiver_purchase: true, gifter_email: 'giver@example.com', email: 'ada@example.com' };
    const sold = (await control('sales', gift)) as unknown as { sale_id: string; giver_sale_id: string };
    expect(pings.map((p) => p.form.get('sale_id'))).toEqual([sold.sale_id]);
    await control(`sales/${sold.giver_sale_id}/refund`);
    expect(pings).toHaveLength(1);
    expect((await api(`sales/${sold.sale_id}`)).json['sale']).toMatchObject({ refunded: true });
    await control('sales', { product_permalink: 'everything', bundle: ['core', 'pro'] });
    const bundle = pings.slice(1).map((p) => [p.form.get('permalink'), p.form.get('price')]);
    expect(bundle.sort()).toEqual([
      ['core', '0'],
      ['everything', '1000'],
      ['pro', '0'],
    ]);
  });

  it('answers 200 with success false for an unknown sale, and 401 for a wrong token', async () => {
    expect(await api('sales/unknown')).toMatchObject({ status: 200, json: { success: false } });
    expect((await api('sales', 'wrong')).status).toBe(401);
    expect((await fetch(`${shop.url}/v2/sales?access_token=right`)).status).toBe(200);
  });

  it('lists ten sales a page, newest first, each once', async () => {
    const sold: string[] = [];
    for (let i = 0; i < 23; i++) sold.unshift((await control('sales', { ping: false })).sale_id);
    const seen: string[] = [];
    let key: string | undefined;
    do {
      const { json } = await api(`sales${key ? `?page_key=${key}` : ''}`);
      const sales = json['sales'] as unknown as { id: string }[];
      expect(sales.length).toBeLessThanOrEqual(10);
      seen.push(...sales.map((s) => s.id));
      key = json['next_page_key'];
    } while (key);
    expect(seen).toEqual(sold);
  });

  it('G16: sends again what was answered with 503, with retry_count, and does not what was answered with 404', async () => {
    answers = [503, 503, 200];
    const sold = await control('sales');
    expect(sold.pings[0]!.status).toBe(503);
    await eventually('three pings', 10_000, async () => (pings.length >= 3 ? true : undefined));
    expect(pings.map((p) => p.form.get('retry_count'))).toEqual([null, '1', '2']);
    answers = [404];
    await control('sales');
    await new Promise((r) => setTimeout(r, 100));
    expect(pings).toHaveLength(4);
  });

  it('keeps resource subscriptions: what is deleted is no longer told', async () => {
    const list = await api('resource_subscriptions?resource_name=refund');
    const [subscription] = list.json['resource_subscriptions'] as unknown as { id: string }[];
    const headers = { authorization: 'Bearer right' };
    await fetch(`${shop.url}/v2/resource_subscriptions/${subscription!.id}`, { method: 'DELETE', headers });
    const { sale_id } = await control('sales', { ping: false });
    expect((await control(`sales/${sale_id}/refund`)).pings).toEqual([]);
    expect((await api('resource_subscriptions')).json).toMatchObject({ success: false });
  });

  it('keeps a connection for longer than a caller pauses, so that no request is lost on one', async () => {
    const { headers } = await fetch(`${shop.url}/v2/sales?access_token=right`);
    expect(headers.get('keep-alive')).toBe('timeout=65');
  });

  it('breaks and mends its API on demand', async () => {
    await control('outage', { status: 503, times: 1 }).catch(() => undefined);
    expect((await fetch(`${shop.url}/v2/sales?access_token=right`)).status).toBe(503);
    expect((await api('sales')).status).toBe(200);
  });
});
