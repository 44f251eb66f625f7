import {
  ImportSales,
  LicenseIssued,
  LicenseStatusChanged,
  MintLicense,
  ReadEntitlement,
  ReadImport,
  RevokeLicense,
  UndoImport,
  type SaleRow,
} from '#contracts';
import { newId } from '#persistence';
import { whileHeld } from '../../../../test/support/while-held.js';
import { DAY, LicensingApp, parallel } from '../../test/licensing-app.js';

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
  const unreadable = { ...nobody, kind: 'unreadable', code: 'no_purchase_id' } as const;
  const rows = [refunded(2), refunded(3), { ...unreadable, line: 4 }];
  expect(await app.ask(ImportSales, { rows })).toMatchObject({ revoked: 1, skipped: 1, rejected: 1 });
  expect((await licenses()).map((row) => row.revoked_at !== null)).toEqual([true]);
  expect(await app.ask(ImportSales, { rows })).toMatchObject({ revoked: 0, known: 1 });
});

it('I2: a row that is rejected names the column that has to be mended, now and later', async () => {
  const unmapped = { ...nobody, line: 2, order: 'order-2', kind: 'unreadable', code: 'unmapped_product' } as const;
  const rows = [unmapped, { ...sold(3), name: 'Ada\u0000' }, { ...sold(4), email: '"a\u2028b"@example.test' }];
  const far = new Date(app.clock.now().getTime() + 36_600 * DAY).toISOString();
  const report = await app.ask(ImportSales, { rows: [...rows, { ...sold(5), expires_at: far }] });
  const told = [
    ['unmapped_product', 'Product ID'],
    ['invalid_person', 'Buyer Name'],
    ['invalid_person', 'Purchase Email'],
    ['invalid_terms', 'Purchase Date'],
  ];
  expect(report.rows.map(({ code, field }) => [code, field])).toEqual(told);
  const later = await app.ask(ReadImport, { id: report.id! });
  expect(later.rows.map(({ code, field }) => [code, field])).toEqual(told);
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

it('I6 I5: what somebody else has revoked in the meantime is not this batch’s to restore', async () => {
  await app.ask(MintLicense, { name: 'Ada', email: 'ada@example.test', tier: 'pro', years: 1, order: 'order-2' });
  const rows: SaleRow[] = [sold(3), { ...nobody, line: 2, order: 'order-2', kind: 'refunded', code: 'refunded' }];
  // While the other row is signed, when it has been foreseen that this one revokes.
  app.neighbours.beforeAnswer = async () => void (await app.ask(RevokeLicense, { gumroad_order_id: 'order-2' }));
  const { id, revoked, known } = await app.ask(ImportSales, { rows });
  expect({ revoked, known }).toEqual({ revoked: 0, known: 1 });
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 1, restored: 0 });
  expect((await licenses()).map((row) => row.revoked_at !== null)).toEqual([true]);
});

it('I6 D-revoke: revocations and their undoing are told, and their owners follow', async () => {
  const user_id = newId();
  for (const n of [2, 3]) {
    const sale = { name: 'Ada', email: `ada${n}@example.test`, tier: 'pro', years: 1, order: `order-${n}` } as const;
    const { license_key } = await app.ask(MintLicense, sale);
    await app.database.query('UPDATE licenses SET user_id = $2 WHERE license_key = $1', [license_key, user_id]);
  }
  const plan = async () => (await app.ask(ReadEntitlement, {}, { user_id })).plan;
  const told = async () => (await app.events(LicenseStatusChanged)).map(({ data }) => data.change);
  const refunded = [2, 3].map((line): SaleRow => ({
    ...{ ...nobody, line, order: `order-${line}`, kind: 'refunded', code: 'refunded' },
  }));
  expect(await plan()).toBe('pro');
  const { id } = await app.ask(ImportSales, { rows: refunded });
  expect([await plan(), await told()]).toEqual(['free', ['revoked', 'revoked']]);
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 0, restored: 2 });
  expect([await plan(), await told()]).toEqual(['pro', ['revoked', 'revoked', 'restored', 'restored']]);
});

it('I6: an undoing that was interrupted goes on when it is asked for again, and two at once undo each row once', async () => {
  const rows = Array.from({ length: 6 }, (_, n) => sold(n + 2));
  const first = await app.ask(ImportSales, { rows });
  const refunds = rows.map(({ line, order }): SaleRow => ({
    ...nobody,
    line,
    order,
    kind: 'refunded',
    code: 'refunded',
  }));
  const { id } = await app.ask(ImportSales, { rows: refunds });
  // As it is left by a process that dies when the batch is closed and a row is restored.
  await app.database.query(`UPDATE import_batches SET state = 'undone' WHERE id = $1`, [id]);
  await app.database.query('UPDATE import_rows SET undone_at = now() WHERE import_id = $1 AND line = 2', [id]);
  await app.database.query(`UPDATE licenses SET revoked_at = NULL WHERE gumroad_order_id = 'order-2'`);
  const answers = await parallel(3, () => app.ask(UndoImport, { id: id! }));
  expect(answers.reduce((sum, { restored }) => sum + restored, 0)).toBe(5);
  expect((await licenses()).map((row) => row.revoked_at)).toEqual(rows.map(() => null));
  const undone = await parallel(3, () => app.ask(UndoImport, { id: first.id! }));
  expect(undone.reduce((sum, { removed }) => sum + removed, 0)).toBe(6);
  expect(await licenses()).toEqual([]);
});

it('I6: what somebody else has in hand is waited for, not left as it is', async () => {
  const { id: sales } = await app.ask(ImportSales, { rows: [sold(2)] });
  const { id } = await app.ask(ImportSales, {
    rows: [{ ...nobody, line: 2, order: 'order-2', kind: 'refunded', code: 'refunded' }],
  });
  const inHand = { sql: 'UPDATE import_rows SET undone_at = NULL WHERE import_id = $1', params: [id] };
  const undone = await whileHeld(app.database, inHand, () => app.ask(UndoImport, { id: id! }));
  expect(undone).toEqual({ removed: 0, restored: 1 });
  const held = { sql: 'UPDATE licenses SET notes = notes WHERE import_id = $1', params: [sales] };
  const taken = await whileHeld(app.database, held, () => app.ask(UndoImport, { id: sales! }));
  expect(taken).toEqual({ removed: 1, restored: 0 });
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
