import { EraseCustomer, ListOrders } from '#contracts';
import { whileHeld } from '../../../../test/support/while-held.js';
import { aWhile, eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { ErasureUpkeep } from './erasure-upkeep.js';
import { ErasureRepository } from './erasure.repository.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset();
  await world.database.query('truncate erased_addresses');
});

const EMAIL = 'grace.hopper@example.com';
const TRACES = [EMAIL, encodeURIComponent(EMAIL), Buffer.from(EMAIL).toString('hex'), 'Hopper'];

const sell = (body: object = {}) => world.control('sales', { email: EMAIL, full_name: 'Grace Hopper', ...body });
const buy = async () => {
  const { sale_id } = await sell();
  await eventually(() => world.mail.inbox.list(EMAIL)[0]);
  await world.quiet();
  return sale_id;
};
const erase = (dry_run = false) => world.bus.send(EraseCustomer.fulfillment, { email: EMAIL.toUpperCase(), dry_run });
const orderOf = async (order_id: string) => (await world.bus.send(ListOrders, { order_id })).orders[0];

/** Every row of every table, and the pings as text. */
async function everything(): Promise<string> {
  const tables = await world.database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => world.database.query<{ text: string }>(`select t::text as text from "${name}" t`)),
  );
  const pings = await world.database.query<{ text: string }>(
    `select encode(raw, 'escape') as text from storefront_events`,
  );
  return [...rows.flat(), ...pings].map((row) => row.text).join('\n');
}
async function expectNoTrace(): Promise<void> {
  const left = await everything();
  for (const trace of TRACES) expect(left).not.toContain(trace);
}

it('D-pii: erases a buyer by address, in whatever case; the order, its money and its license stay', async () => {
  const sale_id = await buy();
  const before = (await orderOf(sale_id))!;
  // A store that had no answer in time has told twice.
  const pings = await world.database.query('select 1 from storefront_events');
  expect((await erase()).rows).toEqual([
    { kind: 'orders', rows: 1 },
    { kind: 'storefront_events', rows: pings.length },
    { kind: 'mails', rows: 0 },
    { kind: 'portal_accesses', rows: 0 },
  ]);
  await expectNoTrace();
  const after = await orderOf(sale_id);
  expect(after).toMatchObject({ standing: 'paid', license_key: before.license_key, email: null });
  expect(after!.snapshot).toEqual({ ...before.snapshot, email: null, name: null });
  expect((await erase()).rows.every(({ rows }) => rows === 0)).toBe(true);
});

/** What is known of buyers. */
const buyers = () =>
  Promise.all(
    ['orders', 'storefront_events', 'erased_addresses'].map((table) => world.database.query(`select * from ${table}`)),
  );

it('D-pii: a dry run says what would go, and nothing goes', async () => {
  await buy();
  const before = await buyers();
  const { rows } = await erase(true);
  expect(rows).toContainEqual({ kind: 'orders', rows: 1 });
  expect(rows).toContainEqual({ kind: 'storefront_events', rows: 1 });
  expect(await buyers()).toEqual(before);
});

it('D-pii: who has a longer address that holds this one is somebody else, and keeps everything', async () => {
  const others = [`ada.${EMAIL}`, `x+${EMAIL}`, `${EMAIL}.au`];
  for (const email of others) await sell({ email, full_name: 'Ada' });
  await buy();
  await eventually(async () => {
    const [row] = await world.database.query<{ n: number }>('select count(*)::int as n from orders');
    return row!.n === others.length + 1;
  });
  expect((await erase(true)).rows).toContainEqual({ kind: 'storefront_events', rows: 1 });
  expect((await erase()).rows).toContainEqual({ kind: 'storefront_events', rows: 1 });
  const left = await everything();
  for (const email of others) expect(left).toContain(encodeURIComponent(email));
});

it('D-pii: finds an address of other letters, and at the beginning of a line', async () => {
  const email = 'gräce+1@example.com';
  for (const text of [`{"email":"${email}"}`, `{"note":"mail\\n${email}"}`, `email=${encodeURIComponent(email)}`])
    await world.database.query(
      `insert into storefront_events (id, content_type, raw, state, store) values (gen_random_uuid(), 'x', $1, 'parked', 'gumroad')`,
      [Buffer.from(text)],
    );
  const { rows } = await world.bus.send(EraseCustomer.fulfillment, { email });
  expect(rows).toContainEqual({ kind: 'storefront_events', rows: 3 });
});

it('D-pii: a ping that somebody is writing to at this moment is waited for, not left as it is', async () => {
  await buy();
  const writing = { sql: 'update storefront_events set attempts = attempts + 1', params: [] };
  const { rows } = await whileHeld(world.database, writing, () => erase());
  const pings = await world.database.query('select 1 from storefront_events');
  expect(rows).toContainEqual({ kind: 'storefront_events', rows: pings.length });
  await expectNoTrace();
});

it('D-pii: a ping that comes again brings neither the person nor another mail back', async () => {
  const sale_id = await buy();
  await erase();
  const mails = world.mail.inbox.list(EMAIL).length;
  await world.control(`sales/${sale_id}/ping`, { times: 3 });
  await world.quiet();
  await world.get(ErasureUpkeep).sweep();
  await expectNoTrace();
  expect(world.mail.inbox.list(EMAIL)).toHaveLength(mails);
});

it('D-pii: an order that was made before the erasure and is told of after it makes no license and names nobody', async () => {
  const { sale_id } = await sell({ ping: false });
  await erase();
  await world.control(`sales/${sale_id}/ping`);
  await eventually(() => orderOf(sale_id));
  await world.quiet();
  await world.get(ErasureUpkeep).sweep();
  expect(await orderOf(sale_id)).toMatchObject({ email: null, license_key: null });
  expect(world.book.mints).toBe(0);
  await expectNoTrace();
});

it('D-pii: an order that is being settled is waited for, so that its license does not come after the erasure', async () => {
  const sale_id = await buy();
  await world.database.query(
    `insert into order_work (store, order_id, lease_token, lease_until)
     values ('gumroad', $1, gen_random_uuid(), now() + interval '1 minute')`,
    [sale_id],
  );
  const erasure = erase();
  await aWhile();
  expect(await orderOf(sale_id)).toMatchObject({ email: EMAIL });
  await world.database.query('delete from order_work');
  expect((await erasure).rows).toContainEqual({ kind: 'orders', rows: 1 });
  await expectNoTrace();
});

it('D-pii: an order that somebody begins to settle as its buyer is being erased is waited for, too', async () => {
  const sale_id = await buy();
  const books = world.get(ErasureRepository);
  const isBusy = books.isBusy.bind(books);
  const looked = jest.spyOn(books, 'isBusy').mockImplementationOnce(async (email) => {
    const busy = await isBusy(email);
    await world.database.query(
      `insert into order_work (store, order_id, lease_token, lease_until)
       values ('gumroad', $1, gen_random_uuid(), now() + interval '1 minute')`,
      [sale_id],
    );
    return busy;
  });
  const erasure = erase();
  await eventually(() => looked.mock.calls.length > 1);
  expect(await orderOf(sale_id)).toMatchObject({ email: EMAIL });
  // What is begun by now finds the buyer erased.
  const erased = 'select 1 from erased_addresses where address_hash = address_hash($1)';
  expect(await world.database.query(erased, [EMAIL])).toHaveLength(1);
  await world.database.query('delete from order_work');
  expect((await erasure).rows).toContainEqual({ kind: 'orders', rows: 1 });
  looked.mockRestore();
});

it('D-pii: whoever buys again after the erasure is a buyer as any other', async () => {
  await buy();
  await erase();
  world.mail.inbox.clear();
  const sale_id = await buy();
  expect(await orderOf(sale_id)).toMatchObject({ email: EMAIL, standing: 'paid' });
});

it('D-pii: a mail that is still on its way to the address is not sent any more', async () => {
  world.mail.refusals.refuse(EMAIL, 451, 5);
  await sell();
  await eventually(async () => (await world.database.query('select 1 from mail_outbox where error is not null'))[0]);
  await eventually(async () => (await world.database.query('select 1 from order_work')).length === 0);
  expect((await erase()).rows).toContainEqual({ kind: 'mails', rows: 1 });
  const [mail] = await world.database.query('select state, error from mail_outbox');
  expect(mail).toEqual({ state: 'dropped', error: 'The buyer was erased.' });
});
