import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { addMonths } from './paid-period.rules.js';

const SOLD = '2026-01-31T10:00:00.000Z';
const EMAIL = 'ada@example.com';

describe('orders that belong together', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.stopFulfillment();
    await world.startFulfillment({ productsFile: `${__dirname}/../../test/products-with-rules.yaml` });
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  // A day that every month has.
  const now = new Date();
  now.setUTCDate(Math.min(now.getUTCDate(), 28));
  const later = (months: number, from: Date | string = now) => addMonths(new Date(from), months).toISOString();
  const mails = (address = EMAIL) => world.mail.inbox.list(address).length;
  const sell = (body: object = {}) => world.control('sales', { email: EMAIL, created_at: now.toISOString(), ...body });
  const subscribe = (body: object = {}) =>
    sell({ subscription_id: 'sub==', recurrence: 'monthly', product_permalink: 'core', ...body });
  const subscription = (what: string, body: object = {}) => world.control(`subscriptions/sub==/${what}`, body);
  const licenses = () => [...world.book.licenses.values()];
  const only = () => {
    expect(licenses()).toHaveLength(1);
    return licenses()[0]!;
  };
  const order = async (sale_id: string) => {
    const [row] = await world.database.query<{ standing: string; license_key: string | null }>(
      'select standing, license_key from orders where order_id = $1',
      [sale_id],
    );
    return row!;
  };
  const open = () => world.database.query("select 1 from storefront_events where state <> 'processed'");

  describe('a subscription', () => {
    it('G8: a recurring charge extends the license by one period, mails the new blob, and mints none; twice extends once', async () => {
      const first = await subscribe();
      await world.quiet();
      expect(only()).toMatchObject({ tier: 'core', expires_at: later(1) });
      const charge = await subscription('charge', { created_at: later(1) });
      await world.control(`sales/${charge.sale_id}/ping`, { times: 4, retry_count: 1 });
      await world.quiet();
      expect(only()).toMatchObject({ expires_at: later(2), gumroad_order_id: first.sale_id });
      await eventually(() => mails() === 2);
      expect(await order(charge.sale_id)).toEqual({ standing: 'paid', license_key: only().license_key });
      expect(await open()).toEqual([]);
      expect(mails()).toBe(2);
    });

    it('G8: a charge that is told before its first sale, or alone, ends at the same license', async () => {
      const first = await subscribe({ ping: false });
      const charge = await subscription('charge', { created_at: later(1) });
      await world.quiet();
      expect(only()).toMatchObject({ expires_at: later(2), gumroad_order_id: first.sale_id });
      expect(await order(charge.sale_id)).toEqual({ standing: 'paid', license_key: only().license_key });
      expect(await open()).toEqual([]);
    });

    it('G8: charges that nobody told of are found when the subscription is looked at', async () => {
      await subscribe();
      for (const n of [1, 2]) await subscription('charge', { created_at: later(n), ping: false });
      await subscription('ping', { resource_name: 'subscription_updated' });
      await world.quiet();
      expect(only()).toMatchObject({ expires_at: later(3) });
    });

    it('G9: cancellation keeps what is paid, the end ends it, a restart restores it', async () => {
      await subscribe();
      await subscription('cancel');
      await world.quiet();
      const { blob } = only();
      expect(only()).toMatchObject({ expires_at: later(1), status: 'active', blob });
      await subscription('end');
      await world.quiet();
      expect(Date.parse(only().expires_at)).toBeLessThanOrEqual(Date.now());
      await subscription('restart', { content_type: 'json' });
      await world.quiet();
      expect(only()).toMatchObject({ expires_at: later(1) });
    });

    it('G9: a subscription that was over before it was heard of makes no license, and its end is no error', async () => {
      const { sale_id } = await subscribe({ created_at: SOLD, ping: false });
      await subscription('end', { reason: 'failed_payment' });
      await world.quiet();
      expect(licenses()).toEqual([]);
      expect(await order(sale_id)).toMatchObject({ standing: 'paid', license_key: null });
      expect(await open()).toEqual([]);
    });

    it('A-entitlements: an upgrade changes the tier at once, a downgrade with the next charge', async () => {
      await subscribe({ product_permalink: 'membership', variants: { Tier: 'Basic' } });
      await world.quiet();
      expect(only().tier).toBe('core');
      await subscription('change', { variants: { Tier: 'Premium' }, created_at: now.toISOString() });
      await world.quiet();
      expect(only()).toMatchObject({ tier: 'pro', expires_at: later(1) });
      await subscription('change', { variants: { Tier: 'Basic' }, when: 'next' });
      await world.quiet();
      expect(only().tier).toBe('pro');
      await subscription('charge', { created_at: later(1) });
      await world.quiet();
      expect(only()).toMatchObject({ tier: 'core', expires_at: later(2) });
    });

    it('the refund of one charge takes its period, of all of them the license', async () => {
      const first = await subscribe();
      const charge = await subscription('charge', { created_at: later(1) });
      await world.quiet();
      await world.control(`sales/${charge.sale_id}/refund`, { partial: true });
      await world.quiet();
      expect(only().expires_at).toBe(later(2));
      await world.control(`sales/${charge.sale_id}/refund`);
      await world.quiet();
      expect(only()).toMatchObject({ expires_at: later(1), status: 'active' });
      expect(await order(charge.sale_id)).toMatchObject({ standing: 'refunded' });
      await world.control(`sales/${first.sale_id}/refund`);
      await world.quiet();
      expect(only()).toMatchObject({ status: 'revoked', revoked_reason: 'refunded' });
    });

    it('G10: a dispute about one charge suspends the license, winning it restores', async () => {
      await subscribe();
      const charge = await subscription('charge', { created_at: later(1) });
      const seen: string[] = [];
      for (const what of ['dispute', 'dispute_won']) {
        await world.control(`sales/${charge.sale_id}/${what}`);
        await world.quiet();
        seen.push(only().status);
      }
      expect(seen).toEqual(['suspended', 'active']);
      expect(only().expires_at).toBe(later(2));
    });
  });

  describe('a renewal that is bought', () => {
    const key = { url_params: {} as Record<string, string> };
    const sold = async (body: object = {}) => {
      await sell({ product_permalink: 'pro', ...body });
      await eventually(() => mails() === 1);
      key.url_params = { license_key: only().license_key };
      return only();
    };

    it('D-renew P8: extends the license that the checkout was opened with; its refund takes that back', async () => {
      const { expires_at } = await sold();
      const renewal = await sell({ product_permalink: 'pro', email: 'ADA@example.com', ...key });
      await world.control(`sales/${renewal.sale_id}/ping`, { times: 3, retry_count: 1 });
      await world.quiet();
      expect(only().expires_at).toBe(later(12, expires_at));
      await eventually(() => mails() === 2);
      await world.control(`sales/${renewal.sale_id}/refund`);
      await world.quiet();
      expect(only()).toMatchObject({ expires_at, status: 'active' });
      expect(await order(renewal.sale_id)).toEqual({ standing: 'refunded', license_key: only().license_key });
    });

    it.each([
      ['of somebody else', { email: 'eve@example.com', product_permalink: 'pro' }],
      ['of a higher tier', { product_permalink: 'core' }],
    ])('G3: the key of a license %s renews nothing: the buyer gets the license that was paid for', async (_, body) => {
      const before = { ...(await sold()) };
      const { sale_id } = await sell({ ...body, ...key });
      await world.quiet();
      expect(world.book.licenses.get(before.license_key)!.expires_at).toBe(before.expires_at);
      expect(world.book.ofOrder(sale_id)).toMatchObject({ tier: body.product_permalink, status: 'active' });
    });

    it('P6: the key of a revoked license renews nothing', async () => {
      const license = await sold();
      license.status = 'revoked';
      const { sale_id } = await sell({ product_permalink: 'pro', ...key });
      await world.quiet();
      expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'active' });
    });
  });

  it('G11: a gift is its receiver’s; the giver gets nothing, and the giver’s refund revokes once it is read', async () => {
    const gift = { is_gift_receiver_purchase: true, gifter_email: 'giver@example.com', product_permalink: 'pro' };
    const { sale_id, giver_sale_id } = (await sell(gift)) as unknown as { sale_id: string; giver_sale_id: string };
    await world.control(`sales/${giver_sale_id}/ping`);
    await eventually(() => mails() === 1);
    await world.quiet();
    expect(only()).toMatchObject({ email: EMAIL, gumroad_order_id: sale_id });
    expect(mails('giver@example.com')).toBe(0);
    expect((await world.control(`sales/${giver_sale_id}/refund`)).pings).toEqual([]);
    await world.control(`sales/${sale_id}/ping`);
    await world.quiet();
    expect(only().status).toBe('revoked');
  });

  it('G13: a bundle makes its own license and those of parts that are mapped so, none twice', async () => {
    await sell({ product_permalink: 'everything', bundle: ['core', 'pro', 'addon'] });
    await world.quiet();
    expect(
      licenses()
        .map((l) => l.tier)
        .sort(),
    ).toEqual(['enterprise', 'lite']);
    expect(await open()).toEqual([]);
  });

  it('G14: a quantity makes one license, or as many as were bought where the product says so', async () => {
    await sell({ product_permalink: 'pro', quantity: 3 });
    await world.quiet();
    expect(only().tier).toBe('pro');
    const { sale_id } = await sell({ product_permalink: 'seats', quantity: 3 });
    await world.control(`sales/${sale_id}/ping`, { times: 3 });
    await world.quiet();
    const seats = [sale_id, `${sale_id}#2`, `${sale_id}#3`].map((line) => world.book.ofOrder(line));
    expect(seats.map((s) => s?.status)).toEqual(Array(3).fill('active'));
    expect(licenses()).toHaveLength(4);
    await world.control(`sales/${sale_id}/refund`);
    await world.quiet();
    expect(seats.map((s) => s?.status)).toEqual(Array(3).fill('revoked'));
  });
});
