import { ListOrders } from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureUpkeep } from './erasure-upkeep.js';

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
afterAll(() => world?.stop());
beforeEach(() => world.reset());

const EMAIL = 'ada.lovelace@example.com';
const buy = async (email = EMAIL) => {
  const { sale_id } = await world.control('sales', { email, full_name: 'Ada Lovelace' });
  await eventually(() => world.mail.inbox.list(email)[0]);
  await world.quiet();
  return sale_id;
};
const erase = async (user_id: string, email: string | null = EMAIL) => {
  const erasure_id = await world.identity.erase({ user_id, email });
  await eventually(() => world.identity.acknowledged.includes(erasure_id));
};
const everything = async () => {
  const tables = ['gumroad_events', 'orders', 'order_work', 'mail_outbox', 'dead_letters'];
  const rows = await Promise.all(
    tables.map((table) => world.database.query<{ text: string }>(`select t::text as text from ${table} t`)),
  );
  const pings = await world.database.query<{ text: string }>(
    `select encode(raw, 'escape') as text from gumroad_events`,
  );
  return [...rows.flat(), ...pings].map((row) => row.text).join('\n');
};
/** The address as it is, as forms write it, and as bytes. */
const traces = [EMAIL, encodeURIComponent(EMAIL), Buffer.from(EMAIL).toString('hex'), 'Lovelace'];

it('C-account.delete R-GD2: no table knows the buyer any more; the order, its money and its license stay', async () => {
  const sale_id = await buy();
  const before = (await world.bus.send(ListOrders, { order_id: sale_id })).orders[0]!;
  await erase(newId());
  const left = await everything();
  for (const trace of traces) expect(left).not.toContain(trace);
  const after = (await world.bus.send(ListOrders, { order_id: sale_id })).orders[0]!;
  expect(after).toMatchObject({ standing: 'paid', license_key: before.license_key, email: null });
  expect(after.snapshot).toEqual({ ...before.snapshot, email: null, name: null });
});

it('R-GD2: a refund that comes later is settled, and does not bring the buyer back', async () => {
  const sale_id = await buy();
  await erase(newId());
  await world.control(`sales/${sale_id}/refund`);
  await eventually(async () => {
    const { orders } = await world.bus.send(ListOrders, { order_id: sale_id });
    return orders[0]!.standing === 'refunded';
  });
  await world.quiet();
  await world.get(ErasureUpkeep).sweep();
  const left = await everything();
  for (const trace of traces) expect(left).not.toContain(trace);
});

it('R-GD2: an address that was not proven erases nobody’s orders', async () => {
  await buy();
  await erase(newId(), null);
  expect(await everything()).toContain(EMAIL);
});

it('R-GD2: mails become nobody’s, and others’ orders stay whole', async () => {
  const other = 'alan@example.com';
  await buy(other);
  await world.identity.request('new@example.com');
  await eventually(() => world.mail.inbox.list('new@example.com')[0]);
  await world.quiet();
  const [{ user_id }] = (await world.database.query<{ user_id: string }>(
    'select user_id from mail_outbox where user_id is not null',
  )) as [{ user_id: string }];
  await erase(user_id);
  const left = await everything();
  expect(left).not.toContain(user_id);
  expect(left).toContain(other);
});

it('R-GD3: shows a person the own orders and mails, and nothing of others', async () => {
  await buy();
  await buy('alan@example.com');
  const data = await world.get(ErasureRepository).read({ user_id: newId(), email: EMAIL });
  expect(data).toMatchObject({ orders: [{ email: EMAIL, standing: 'paid' }], mails: [] });
  expect(JSON.stringify(data)).not.toContain('alan@example.com');
});
