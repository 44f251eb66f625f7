import { Unavailable } from '#contracts';
import { aWhile, eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { OrderBooks } from './order-books.js';

describe('settling orders when things are down or die', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const mailsTo = (address: string) => world.mail.inbox.list(address);
  const sell = (body: object = {}) => world.control('sales', { email: 'ada@example.com', ...body });
  const order = async (sale_id: string) => {
    const [row] = await world.database.query<{ standing: string; license_key: string | null; email: string }>(
      'select standing, license_key, email from orders where order_id = $1',
      [sale_id],
    );
    return row;
  };
  const events = (sale_id: string) =>
    world.database.query<{ state: string; error: string | null }>(
      'select state, error from gumroad_events where sale_id = $1 order by id',
      [sale_id],
    );

  it('G16: while the store’s API is down a ping is stored and answered, and done when the API is back', async () => {
    await world.control('outage', { status: 503 }).catch(() => undefined);
    const { sale_id, pings } = await sell();
    expect(pings[0]!.status).toBe(200);
    const [event] = await eventually(async () => {
      const found = await events(sale_id);
      return found[0]?.error ? found : undefined;
    });
    expect(event).toEqual({ state: 'pending', error: "The store's API answered with status 503" });
    expect(world.book.mints).toBe(0);
    await world.control('outage').catch(() => undefined);
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.quiet();
    expect(await events(sale_id)).toEqual([{ state: 'processed', error: null }]);
  });

  it('an order waits for licensing to come back', async () => {
    world.book.failures = 1;
    await sell();
    await eventually(() => mailsTo('ada@example.com')[0]);
    expect(world.book.mints).toBe(1);
  });

  it('an order whose events cannot be read at the moment is given back, and not left until its lease runs out', async () => {
    jest.spyOn(world.get(OrderBooks), 'openEvents').mockRejectedValueOnce(Unavailable.with());
    await sell();
    await eventually(() => mailsTo('ada@example.com')[0]);
    const log = world.logLines.join('');
    expect(log).toContain('an order could not be settled');
    expect(log).not.toContain('a piece of work was left');
  });

  it('what a dead worker held is finished by the next one when its lease runs out', async () => {
    const { sale_id } = await sell({ ping: false });
    await world.database.query(
      `insert into order_work (store, order_id, lease_token, lease_until)
       values ('gumroad', $1, gen_random_uuid(), now() + interval '1 hour')`,
      [sale_id],
    );
    await world.control(`sales/${sale_id}/ping`);
    await aWhile(200);
    expect(world.book.mints).toBe(0);
    await world.database.query("update order_work set lease_until = now() + interval '300 milliseconds'");
    await world.control(`sales/${sale_id}/ping`);
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.quiet();
    expect(world.book.mints).toBe(1);
  });

  it('a worker that died after minting leaves nothing behind: the next one finds the same license', async () => {
    const { sale_id } = await sell();
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.quiet();
    // As if the worker had been killed between licensing's answer and its own commit.
    await world.database.query('delete from orders');
    await world.database.query("update gumroad_events set state = 'pending', processed_at = null");
    await world.database.query("insert into order_work (store, order_id) values ('gumroad', $1)", [sale_id]);
    await world.control(`sales/${sale_id}/ping`);
    await world.quiet();
    await aWhile();
    expect(world.book.mints).toBe(1);
    expect(mailsTo('ada@example.com')).toHaveLength(1);
    expect(await order(sale_id)).toMatchObject({ license_key: world.book.ofOrder(sale_id)!.license_key });
  });
});
