import { ImportSales, LicenseIssued, MintLicense, MOST_BLOBS, ReadImport, UndoImport, type SaleRow } from '#contracts';
import { DAY, LicensingApp, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const sold = (line: number, over: Partial<SaleRow> = {}): SaleRow => ({
  ...{
    line,
    order: `order-${line}`,
    kind: 'sold',
    name: 'Ada',
    email: `ada${line}@example.test`,
    tier: 'pro',
    code: null,
  },
  expires_at: new Date(app.clock.now().getTime() + 100 * DAY).toISOString(),
  ...over,
});
const many = (count: number) => Array.from({ length: count }, (_, n) => sold(n + 2));
const count = async (table: string) =>
  (await app.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
const written = async () => ({
  licenses: await count('licenses'),
  batches: await count('import_batches'),
  rows: await count('import_rows'),
  events: (await app.events(LicenseIssued)).length,
});
const NOTHING = { licenses: 0, batches: 0, rows: 0, events: 0 };

it('LIC12: a part of many sales is signed by a few messages, and each blob has its own completed row of the log', async () => {
  const messages: number[] = [];
  app.neighbours.beforeAnswer = () => Promise.resolve(void messages.push(app.neighbours.signedBlobs.length));
  const report = await app.ask(ImportSales, { rows: many(2 * MOST_BLOBS + 7), mail: true });
  expect(report).toMatchObject({ added: 2 * MOST_BLOBS + 7 });
  expect(messages).toEqual([MOST_BLOBS, 2 * MOST_BLOBS, 2 * MOST_BLOBS + 7]);
  const logged = await app.database.query(
    `SELECT 1 FROM license_issuance i JOIN licenses l ON l.issuance_id = i.id
     WHERE i.completed_at IS NOT NULL AND (i.kid, i.license_key, i.gumroad_order_id) = (l.kid, l.license_key, l.gumroad_order_id)`,
  );
  expect(logged).toHaveLength(report.added);
  expect(await written()).toMatchObject({ licenses: report.added, rows: report.added, events: report.added });
});

it('I1: a part that fails halfway leaves nothing but its reservations, and told again mints each order once', async () => {
  const rows = many(MOST_BLOBS + 20);
  app.neighbours.beforeAnswer = async () => {
    if (app.neighbours.signedBlobs.length > MOST_BLOBS) app.neighbours.away.add('secrets.blob.sign_all');
  };
  expect((await refusal(app.ask(ImportSales, { rows, mail: true }))).code).toBe('unavailable');
  expect(await written()).toEqual(NOTHING);
  const reserved = await app.database.query<{ license_key: string }>('SELECT license_key FROM license_issuance');
  app.neighbours.away.clear();
  app.neighbours.beforeAnswer = () => Promise.resolve();
  const report = await app.ask(ImportSales, { rows });
  expect(report).toMatchObject({ added: rows.length, rejected: 0 });
  expect(new Set(report.rows.map((row) => row.license_key))).toEqual(new Set(reserved.map((row) => row.license_key)));
  expect(await count('license_issuance')).toBe(rows.length);
});

it('I1 K4: parts with the same orders at once make one license each, and tell which of them made it', async () => {
  const rows = many(60);
  const parts = [rows, [...rows].reverse(), [...rows].reverse(), rows];
  const reports = await Promise.all(parts.map((part) => app.ask(ImportSales, { rows: part, mail: true })));
  expect(reports.reduce((sum, { added }) => sum + added, 0)).toBe(rows.length);
  expect(reports.reduce((sum, { known }) => sum + known, 0)).toBe(3 * rows.length);
  expect(await written()).toMatchObject({ licenses: rows.length, events: rows.length });
  expect(await count('license_issuance')).toBe(rows.length);
  const keys = new Map<number, Set<string | null>>();
  for (const { line, license_key } of reports.flatMap((report) => report.rows))
    keys.set(line, (keys.get(line) ?? new Set()).add(license_key));
  expect([...keys.values()].every((of) => of.size === 1)).toBe(true);
});

it('K4: a part and a mint of the same order at once make one license', async () => {
  const mint = { name: 'Ada', email: 'ada2@example.test', tier: 'pro', years: 1, order: 'order-2' } as const;
  const [report, minted] = await Promise.all([app.ask(ImportSales, { rows: many(5) }), app.ask(MintLicense, mint)]);
  expect(report.rows.find(({ line }) => line === 2)!.license_key).toBe(minted.license_key);
  expect(await count('licenses')).toBe(5);
});

it('D-import.csv: rows that are refused are told by line and reason, and do not sink the others', async () => {
  app.neighbours.refused.add('Mallory');
  const rows = [
    sold(2),
    sold(3, { name: 'Mallory' }),
    sold(4, { name: 'A\u0000B' }),
    sold(5, { order: 'order\n5' }),
    sold(6, { expires_at: '2020-01-01T00:00:00Z' }),
    sold(7, { email: 'nobody' }),
    sold(8),
  ];
  const report = await app.ask(ImportSales, { rows });
  expect(report.rows.map(({ line, outcome, code }) => [line, outcome, code])).toEqual([
    [2, 'added', null],
    [3, 'rejected', 'claims_refused'],
    [4, 'rejected', 'invalid_person'],
    [5, 'rejected', 'invalid_order'],
    [6, 'rejected', 'invalid_terms'],
    [7, 'rejected', 'invalid_person'],
    [8, 'added', null],
  ]);
  expect(await written()).toMatchObject({ licenses: 2, rows: 7 });
  expect(await app.ask(ReadImport, { id: report.id! })).toMatchObject({ added: 2, rejected: 5 });
});

it('I6: a batch that is undone takes no further part, and nothing is signed for one', async () => {
  const { id } = await app.ask(ImportSales, { rows: [sold(2)] });
  expect(await app.ask(UndoImport, { id: id! })).toMatchObject({ removed: 1 });
  const signed = app.neighbours.signedBlobs.length;
  expect((await refusal(app.ask(ImportSales, { rows: [sold(3)], import_id: id! }))).code).toBe('not_found');
  expect(app.neighbours.signedBlobs).toHaveLength(signed);
  expect(await count('licenses')).toBe(0);
});

it('I6: a batch that is undone while a part is signed does not get it', async () => {
  const { id } = await app.ask(ImportSales, { rows: [sold(2)] });
  app.neighbours.beforeAnswer = async () => void (await app.ask(UndoImport, { id: id! }));
  expect((await refusal(app.ask(ImportSales, { rows: [sold(3)], import_id: id! }))).code).toBe('not_found');
  expect(await count('licenses')).toBe(0);
});

it('I6: a batch of more licenses than one statement removes is undone as a whole', async () => {
  const { id } = await app.ask(ImportSales, { rows: [sold(2)] });
  await app.database.query(
    `INSERT INTO licenses (license_key, name, email, tier, issued_at, expires_at, blob, kid, import_id)
     SELECT 'key ' || n, name, email, tier, issued_at, expires_at, blob, kid, import_id
     FROM licenses, generate_series(1, 11000) AS n`,
  );
  expect(await app.ask(UndoImport, { id: id! })).toEqual({ removed: 11_001, restored: 0 });
  expect(await count('licenses')).toBe(0);
});

it('I6: what there is no time for is said to be left, and undone when it is asked for again', async () => {
  const { id } = await app.ask(ImportSales, { rows: many(3) });
  const refunds = many(3).map((row): SaleRow => ({ ...row, kind: 'refunded', code: 'refunded' }));
  const { id: refunded } = await app.ask(ImportSales, { rows: refunds });
  await app.database.query(
    `INSERT INTO import_rows (import_id, line, outcome, license_key)
     SELECT import_id, line + 10 * n, outcome, license_key FROM import_rows, generate_series(1, 500) AS n WHERE import_id = $1`,
    [refunded],
  );
  const inNoTime = { deadline: Date.now() };
  const undone = async (batch: string) => app.ask(UndoImport, { id: batch }, inNoTime);
  expect(await undone(refunded!)).toEqual({ removed: 0, restored: 3, more: true });
  expect(await undone(refunded!)).toEqual({ removed: 0, restored: 0, more: true });
  expect(await undone(refunded!)).toEqual({ removed: 0, restored: 0 });
  expect(await undone(id!)).toEqual({ removed: 3, restored: 0, more: true });
  expect(await undone(id!)).toEqual({ removed: 0, restored: 0 });
});
