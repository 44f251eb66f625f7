import {
  ImportSales,
  LicenseIssued,
  MintLicense,
  ReadImport,
  RevokeLicense,
  UndoImport,
  type SaleRow,
} from '#contracts';
import { DAY, LicensingApp } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const nobody = { code: null, order: null, name: null, email: null, tier: null, expires_at: null };
const sold = (line: number, order = `order-${line}`): SaleRow => ({
  ...nobody,
  ...{ line, order, kind: 'sold', name: 'Ada', email: `ada${line}@example.test`, tier: 'pro' },
  expires_at: new Date(app.clock.now().getTime() + 100 * DAY).toISOString(),
});
const licenses = () =>
  app.database.query<{ gumroad_order_id: string; revoked_at: Date | null }>(
    'SELECT gumroad_order_id, revoked_at FROM licenses ORDER BY gumroad_order_id',
  );

it('D-import.csv I1 LIC12: sales that have no license get one, logged and signed; again is a no-op; nobody is mailed', async () => {
  const rows = [sold(2), sold(3), sold(4, 'order-3')];
  const report = await app.ask(ImportSales, { rows });
  expect(report).toMatchObject({ added: 2, known: 1, rejected: 0 });
  expect(report.rows.map(({ line, outcome }) => [line, outcome])).toEqual([
    [2, 'added'],
    [3, 'added'],
    [4, 'known'],
  ]);
  expect(await app.ask(ImportSales, { rows })).toMatchObject({ added: 0, known: 3 });
  expect((await licenses()).map((row) => row.gumroad_order_id)).toEqual(['order-2', 'order-3']);
  expect(await app.events(LicenseIssued)).toEqual([]);
  const log = await app.database.query('SELECT 1 FROM license_issuance WHERE completed_at IS NOT NULL');
  expect(log).toHaveLength(2);
});

it('I3: a dry run writes nothing', async () => {
  expect(await app.ask(ImportSales, { rows: [sold(2)], dry_run: true })).toMatchObject({ id: null, added: 1 });
  expect(await licenses()).toEqual([]);
  expect(await app.database.query('SELECT 1 FROM license_issuance')).toEqual([]);
  expect(await app.database.query('SELECT 1 FROM import_batches')).toEqual([]);
});

it('I5: the license of a refunded row is revoked; one that was never made is not made', async () => {
  await app.ask(MintLicense, { name: 'Ada', email: 'ada@example.test', tier: 'pro', years: 1, order: 'order-2' });
  const refunded = (line: number): SaleRow => ({
    ...nobody,
    line,
    order: `order-${line}`,
    kind: 'refunded',
    code: 'refunded',
  });
  const rows = [refunded(2), refunded(3), { ...nobody, line: 4, kind: 'unreadable' as const, code: 'no_purchase_id' }];
  expect(await app.ask(ImportSales, { rows })).toMatchObject({ revoked: 1, skipped: 1, rejected: 1 });
  expect((await licenses()).map((row) => row.revoked_at !== null)).toEqual([true]);
  expect(await app.ask(ImportSales, { rows })).toMatchObject({ revoked: 0, known: 1 });
});

it('I6: parts are one batch, mailed when asked for, and undone', async () => {
  const { id } = await app.ask(ImportSales, { rows: [sold(2)], mail: true });
  await app.ask(ImportSales, { rows: [sold(3)], import_id: id! });
  expect(await app.ask(ReadImport, { id: id! })).toMatchObject({ added: 2 });
  expect(await app.events(LicenseIssued)).toHaveLength(2);
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 2, restored: 0 });
  expect(await licenses()).toEqual([]);
});

it('I6 I5: undoing restores what the batch has revoked, once, and nothing else', async () => {
  const order = { name: 'Ada', email: 'ada@example.test', tier: 'pro', years: 1 } as const;
  for (const n of [2, 3]) await app.ask(MintLicense, { ...order, order: `order-${n}` });
  await app.ask(RevokeLicense, { gumroad_order_id: 'order-3', reason: 'refunded' });
  const refunded = (line: number): SaleRow => ({
    ...nobody,
    line,
    order: `order-${line}`,
    kind: 'refunded',
    code: null,
  });
  const { id, revoked } = await app.ask(ImportSales, { rows: [refunded(2), refunded(3)] });
  expect(revoked).toBe(1);
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 0, restored: 1 });
  expect((await licenses()).map((row) => row.revoked_at !== null)).toEqual([false, true]);
  await app.ask(RevokeLicense, { gumroad_order_id: 'order-2' });
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 0, restored: 0 });
  expect((await licenses()).map((row) => row.revoked_at !== null)).toEqual([true, true]);
});

it('G14: a line that sold three pieces makes three licenses, which one page shows together', async () => {
  const rows = ['order-2', 'order-2#2', 'order-2#3'].map((order) => sold(2, order));
  const { id } = await app.ask(ImportSales, { rows });
  await app.ask(ImportSales, { rows: [sold(3)], import_id: id! });
  const page = await app.ask(ReadImport, { id: id!, limit: 1 });
  expect(page.rows.map(({ line, outcome }) => [line, outcome])).toEqual(Array(3).fill([2, 'added']));
  expect(page).toMatchObject({ added: 4 });
  expect((await app.ask(ReadImport, { id: id!, after_line: 2 })).rows.map(({ line }) => line)).toEqual([3]);
});

it('D-pii: whoever is erased is not brought back', async () => {
  await app.database.query("INSERT INTO erased_addresses (address_hash) VALUES (address_hash('ada2@example.test'))");
  const report = await app.ask(ImportSales, { rows: [sold(2)] });
  expect(report.rows).toMatchObject([{ outcome: 'skipped', code: 'erased' }]);
  expect(await licenses()).toEqual([]);
});
