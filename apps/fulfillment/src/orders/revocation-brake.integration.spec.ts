import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';

describe('G18: a store that tells of one refund after the other', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.stopFulfillment();
    await world.startFulfillment({ profile: 'production', storeRevocationsPerHour: 3 });
  }, 60_000);
  afterAll(() => world?.stop());

  const sales: string[] = [];
  const revoked = () => sales.filter((sale) => world.book.ofOrder(sale)?.status === 'revoked');
  const told = (sale: string) =>
    world.database.query<{ state: string; error: string | null }>(
      "select state, error from storefront_events where sale_id = $1 and resource_name = 'refund' order by id",
      [sale],
    );
  /** What became of everything that was told of a sale, once somebody has looked at it. */
  const looked = (sale: string) =>
    eventually(async () => {
      const rows = await told(sale);
      return rows.length > 0 && rows.every(({ state, error }) => state === 'processed' || error !== null) && rows;
    });

  it('D-refund: has so many licenses revoked within an hour; the others stay in force, say why, and wait', async () => {
    for (let n = 0; n < 8; n++) sales.push((await world.control('sales', { email: `buyer${n}@example.com` })).sale_id);
    await eventually(() => sales.every((sale) => world.book.ofOrder(sale)));
    await world.quiet();
    for (const sale of sales) {
      await world.control(`sales/${sale}/refund`);
      await looked(sale);
    }
    expect(revoked()).toEqual(sales.slice(0, 3));
    for (const sale of sales.slice(3)) {
      expect(await told(sale)).toEqual([{ state: 'pending', error: expect.stringContaining('3 licenses revoked') }]);
    }
  });

  it('G6: what is revoked already is looked at again as before', async () => {
    await world.control(`sales/${sales[0]}/ping`);
    await eventually(async () => {
      const [open] = await world.database.query(
        "select 1 from storefront_events where sale_id = $1 and state <> 'processed'",
        [sales[0]],
      );
      return !open;
    });
    expect(revoked()).toEqual(sales.slice(0, 3));
  });

  it('D-refund: goes on when the hour is over, and comes to where the store says', async () => {
    for (let hour = 0; hour < sales.length && revoked().length < sales.length; hour++) {
      await world.database.query("update orders set revoked_at = revoked_at - interval '61 minutes'");
      const before = revoked();
      for (const sale of sales.filter((one) => !before.includes(one))) await world.control(`sales/${sale}/ping`);
      await eventually(() => revoked().length > before.length);
    }
    await world.quiet();
    expect(revoked()).toEqual(sales);
    for (const sale of sales) expect((await told(sale)).every(({ state }) => state === 'processed')).toBe(true);
  });
});
