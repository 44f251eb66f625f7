import { DataSource, type QueryRunner } from 'typeorm';
import { ReplayStorefrontEvent } from '#contracts';
import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { LicensesService } from './licenses.service.js';
import { OrderBooks } from './order-books.js';
import { OrderWorkRepository, type OrderLease } from './order-work.repository.js';
import { SettlementService } from './settlement.service.js';
import { SettlementWorker } from './settlement-worker.js';

describe('orders that several are at', () => {
  let world: World;
  let other: QueryRunner;
  let elsewhere: DataSource;
  beforeAll(async () => {
    world = await World.start();
    elsewhere = await new DataSource({ type: 'postgres', url: world.database.url }).initialize();
    other = elsewhere.createQueryRunner();
    // Nobody works on its own here: the test says who does what when.
    await world.get(SettlementWorker).onApplicationShutdown();
  }, 60_000);
  afterAll(async () => {
    await other?.release();
    await elsewhere?.destroy();
    await world?.stop();
  });
  beforeEach(() => world.reset());

  const work = () => world.get(OrderWorkRepository);
  const lease = async (orderId: string): Promise<OrderLease> => {
    await work().want('gumroad', orderId);
    const [taken] = await work().claim(1, 60_000);
    return taken!;
  };
  /** Takes an order's row, does something that needs it, and looks whether that keeps another row meanwhile. */
  const whileHeld = async (held: string, act: () => Promise<unknown>, look: string): Promise<void> => {
    await other.startTransaction();
    await other.query('update order_work set wanted = wanted where order_id = $1', [held]);
    const done = act();
    await eventually(async () => {
      const sql = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      return (await world.database.query(sql)).length;
    });
    try {
      await other.query(`${look} for update nowait`);
    } finally {
      await other.rollbackTransaction();
      await done;
    }
  };

  it('D-once: who passes an order on keeps it free for whoever is at the other one', async () => {
    await work().want('gumroad', 'whole');
    await work().claim(1, 60_000);
    const part = await lease('part');
    const books = world.get(OrderBooks);
    await whileHeld('whole', () => books.passOn(part, [], 'whole'), "select 1 from order_work where order_id = 'part'");
    const left = await world.database.query('select order_id, wanted::int from order_work');
    expect(left).toEqual([{ order_id: 'whole', wanted: expect.any(Number) }]);
    await world.database.query('truncate order_work');
  });

  it('D-once: who replays a ping keeps it free for whoever settles its order', async () => {
    const { id } = await world.ping('sale_id=one&resource_name=sale');
    const replay = () => world.bus.send(ReplayStorefrontEvent, { id });
    await whileHeld('one', replay, 'select 1 from storefront_events');
    await world.database.query('truncate order_work, storefront_events');
  });

  it('G8: a charge that is decided about just before its first sale is kept is looked at once more', async () => {
    const body = { email: 'ada@example.com', subscription_id: 'sub-1', subscription_duration: 'monthly', ping: false };
    const first = (await world.control('sales', body)).sale_id;
    const charge = (await world.control('subscriptions/sub-1/charge', { ping: false })).sale_id;
    const settle = async (order: string) =>
      world.get(SettlementService).settle(await lease(order), [], () => undefined);
    const licenses = world.get(LicensesService);
    const bringAbout = licenses.bringAbout.bind(licenses);
    const overtaken = jest.spyOn(licenses, 'bringAbout').mockImplementationOnce(async (...asked) => {
      await settle(first);
      await world.database.query('delete from order_work where lease_token is null');
      return bringAbout(...asked);
    });
    await settle(charge);
    overtaken.mockRestore();
    const waiting = await world.database.query('select order_id from order_work');
    expect(waiting).toEqual([{ order_id: charge }]);
    await world.database.query('truncate order_work');
    await settle(charge);
    const kept = await world.database.query('select license_key from orders where order_id = $1', [charge]);
    expect(kept).toEqual([{ license_key: world.book.ofOrder(first)!.license_key }]);
    await world.database.query('truncate order_work');
  });
});
