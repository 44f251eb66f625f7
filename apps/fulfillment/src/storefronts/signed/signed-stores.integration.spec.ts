import { ListOrders, ListStorefrontEvents, ReplayStorefrontEvent } from '#contracts';
import { eventually } from '../../../test/eventually.js';
import { SIGNING_STORES, SignedStores, type SigningStore } from '../../../test/signed-stores.js';
import { World } from '../../../test/world.js';
import { RepairService } from '../../reconciler/repair.service.js';
import { StorefrontsService } from '../storefronts.service.js';

const ID_OF_CORE = { lemonsqueezy: '102', paddle: 'pro_core', stripe: 'prod_core' };
const ADA = 'ada@example.com';
const DAY = 86_400_000;

describe('stores that sign what they send', () => {
  let world: World;
  let stores: SignedStores;
  beforeAll(async () => {
    world = await World.start();
    stores = await SignedStores.start(world);
  }, 60_000);
  afterAll(async () => {
    await stores?.stop();
    await world?.stop();
  });
  beforeEach(async () => {
    await world.reset();
    stores.arrived.length = 0;
  });

  const rows = () =>
    world.database.query<{ id: string; store: string; state: string; raw: Buffer; error: string | null }>(
      'select id, store, state, raw, error from storefront_events order by id',
    );
  const standings = async () =>
    (await world.database.query<{ standing: string }>('select standing from orders order by id')).map(
      (o) => o.standing,
    );
  const sell = (store: SigningStore, body: object = {}) => stores.control(store, 'sales', { email: ADA, ...body });
  const license = () => [...world.book.licenses.values()][0];
  const becomes = (status: string) => eventually(() => license()?.status === status && license());
  const monthsPaid = () => Math.round((Date.parse(license()!.expires_at) - Date.now()) / (30 * DAY));

  describe.each(SIGNING_STORES)('%s', (store) => {
    const act = (sale: string, action: string, body: object = {}) =>
      stores.control(store, `sales/${sale}/${action}`, body);

    it('D-webhook D-delivery: a sale is in the buyer’s inbox as a license of its tier', async () => {
      const { pings } = await sell(store, { full_name: 'Ada Lovelace', product_id: ID_OF_CORE[store] });
      expect(pings.map((ping) => ping.status)).toEqual([200]);
      const mail = await eventually(() => world.mail.inbox.list(ADA)[0]);
      expect(mail.text).toContain(license()!.blob);
      expect(license()).toMatchObject({ tier: 'core', email: ADA, status: 'active' });
      await world.quiet();
      const told = await world.told('fulfillment.order.settled');
      expect(told).toEqual([expect.objectContaining({ store, standing: 'paid', license_key: license()!.license_key })]);
      const [row] = await rows();
      expect(row).toMatchObject({ store, state: 'processed', error: null });
      expect(row!.raw.equals(stores.arrived[0]!.raw)).toBe(true);
    });

    it('D-once SIG5: the same event twenty times at once is one row, one license and one mail; later it is no news', async () => {
      await sell(store, { times: 20 });
      await eventually(() => world.mail.inbox.list(ADA)[0]);
      expect(await stores.deliver(stores.arrived[0]!)).toBe(200);
      await world.quiet();
      expect([(await rows()).length, world.book.mints, world.mail.inbox.list(ADA).length]).toEqual([1, 1, 1]);
    });

    it('SIG1: a forged or changed webhook is refused, leaves no row and makes nothing', async () => {
      await sell(store, { ping: false });
      const { sale_id } = await sell(store);
      await becomes('active');
      await world.quiet();
      const [real] = stores.arrived;
      const before = await rows();
      const changed = Buffer.from(real!.raw.toString().replaceAll(sale_id, `${sale_id}0`));
      const forged = [
        { ...real!, raw: changed },
        { ...real!, raw: Buffer.from(JSON.stringify(JSON.parse(real!.raw.toString()), null, 1)) },
        { ...real!, signature: '' },
        { ...real!, signature: 'undefined' },
      ];
      for (const webhook of forged) expect(await stores.deliver(webhook)).toBe(400);
      expect(await rows()).toEqual(before);
      expect(world.book.mints).toBe(1);
    });

    it('G6: a part given back changes nothing, the rest of it revokes', async () => {
      const { sale_id } = await sell(store);
      await becomes('active');
      await act(sale_id, 'refund', { partial: true });
      await world.quiet();
      expect(license()!.status).toBe('active');
      await act(sale_id, 'refund', { partial: true });
      await becomes('revoked');
      await world.quiet();
      expect(await standings()).toEqual(['refunded']);
    });

    it('D-once G16: a refund told before its sale, while the store cannot be asked, ends in no license', async () => {
      const { sale_id } = await sell(store, { ping: false });
      await stores.control(store, 'outage', { status: 503, times: 1 });
      const [refund] = (await act(sale_id, 'refund')).pings;
      await act(sale_id, 'ping', { shuffle: true });
      expect(refund!.status).toBe(200);
      await world.quiet();
      expect([world.book.mints, await standings()]).toEqual([0, ['refunded']]);
    });

    it('G7: a test makes nothing', async () => {
      const tested = store === 'paddle' ? { status: 'ready' } : { test: true };
      await sell(store, tested);
      await world.quiet();
      expect([world.book.mints, world.mail.inbox.list(ADA)]).toEqual([0, []]);
    });

    it('G8 G9: renewals extend one license, once however often they are told; the end of the subscription ends it', async () => {
      const { sale_id } = await sell(store, { recurrence: 'month' });
      await becomes('active');
      await world.quiet();
      expect(monthsPaid()).toBe(1);
      await act(sale_id, 'renew', { times: 3 });
      await eventually(() => monthsPaid() === 2);
      await act(sale_id, 'ping', { shuffle: true });
      await world.quiet();
      expect([world.book.mints, monthsPaid()]).toEqual([1, 2]);
      await act(sale_id, 'cancel');
      await world.quiet();
      expect(Date.parse(license()!.expires_at)).toBeGreaterThan(Date.now() + 20 * DAY);
      await act(sale_id, 'end');
      await eventually(() => Date.parse(license()!.expires_at) <= Date.now() + DAY);
    });

    it('G15: a product that nobody mapped is kept and parked, and can be replayed', async () => {
      await sell(store, { product_id: store === 'lemonsqueezy' ? '999' : 'prod_other' });
      await world.quiet();
      const [row] = await rows();
      expect(row).toMatchObject({ store, state: 'parked', error: expect.stringContaining('mapped to no tier') });
      expect(await world.bus.send(ReplayStorefrontEvent, { id: row!.id })).toMatchObject({ store });
      expect(world.book.mints).toBe(0);
    });

    it('G18: lists its recent orders as it tells of each, and says that it tells us of everything', async () => {
      for (let i = 0; i < 3; i++) await sell(store, { ping: false });
      const storefront = world.get(StorefrontsService).of(store);
      expect(await storefront.health()).toEqual({ missing: [] });
      const after = new Date(Date.now() - DAY).toISOString().slice(0, 10);
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storefront.listOrders({ after }, cursor);
        for (const order of page.orders) {
          found.push(order.order_id);
          const told = await storefront.fetchOrder(order.order_id, () => Promise.resolve([]));
          const { email, kind, refund, dispute, product } = order;
          expect(told).toMatchObject({ email, kind, refund, dispute, product });
        }
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      expect(new Set(found).size).toBe(found.length);
      expect(found.length).toBeGreaterThanOrEqual(3);
    });

    it('G18: what no ping has told is kept as an event that can be replayed', async () => {
      const email = `${store}-untold@example.com`;
      await sell(store, { email, ping: false });
      const { orders } = await world.get(StorefrontsService).of(store).listOrders({ after: '2020-01-01' });
      const { order_id } = orders.find((order) => order.email === email)!;
      const drift = { kind: 'not_recorded', store, order_id, license_key: null, mail_id: null } as const;
      await world.get(RepairService).mend([drift], 'settle');
      await becomes('active');
      await world.quiet();
      const [row] = await rows();
      expect(row).toMatchObject({ store, state: 'processed', error: null });
      await world.bus.send(ReplayStorefrontEvent, { id: row!.id });
      await world.quiet();
      expect(await rows()).toEqual([row]);
      expect(world.book.mints).toBe(1);
    });

    it('G19: no address and no key is in the log', async () => {
      const { sale_id } = await sell(store, { full_name: 'Ada Lovelace' });
      await becomes('active');
      await stores.control(store, 'outage', { status: 500, times: 1 });
      await act(sale_id, 'refund');
      await becomes('revoked');
      const log = world.logLines.join('');
      for (const secret of [ADA, 'Lovelace', 'signing-secret', 'api-key-of']) expect(log).not.toContain(secret);
    });
  });

  it('D-cli: an order of Lemon Squeezy and what was told of it are found by the bare number, too', async () => {
    const { sale_id } = await sell('lemonsqueezy');
    await becomes('active');
    await world.quiet();
    for (const order of [sale_id, `lemonsqueezy-order-${sale_id}`]) {
      expect((await world.bus.send(ListOrders, { order_id: order })).orders).toHaveLength(1);
      expect((await world.bus.send(ListStorefrontEvents, { sale_id: order })).events).toHaveLength(1);
    }
    expect((await world.bus.send(ListOrders, { order_id: `${sale_id}0` })).orders).toEqual([]);
  });

  it.each(['paddle', 'stripe'] as const)('G10: a dispute at %s suspends, winning it restores', async (store) => {
    const { sale_id } = await sell(store);
    await becomes('active');
    await stores.control(store, `sales/${sale_id}/dispute`);
    await becomes('suspended');
    await stores.control(store, `sales/${sale_id}/dispute_won`);
    await becomes('active');
  });

  it('G10: a dispute that is lost at Stripe revokes, also one about a renewal that names no invoice', async () => {
    const { sale_id } = await sell('stripe', { recurrence: 'month' });
    await becomes('active');
    await stores.control('stripe', `sales/${sale_id}/dispute`);
    await becomes('suspended');
    await stores.control('stripe', `sales/${sale_id}/dispute_lost`);
    await becomes('revoked');
  });

  it('SIG6: a refund at Paddle counts when it is approved, not while it waits or when it is rejected', async () => {
    const { sale_id } = await sell('paddle');
    await becomes('active');
    const act = (action: string, body: object = {}) => stores.control('paddle', `sales/${sale_id}/${action}`, body);
    await act('refund', { status: 'pending_approval' });
    await act('reject');
    await world.quiet();
    expect(license()!.status).toBe('active');
    await act('refund', { status: 'pending_approval' });
    await world.quiet();
    expect(license()!.status).toBe('active');
    await act('approve');
    await becomes('revoked');
  });

  it('a store that is not configured is not there', async () => {
    await sell('stripe');
    await becomes('active');
    await world.quiet();
    const [webhook] = stores.arrived;
    await world.stopFulfillment();
    await world.startFulfillment();
    await eventually(async () => (await stores.deliver(webhook!)) === 404);
  });
});
