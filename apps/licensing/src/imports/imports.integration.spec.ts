import { ImportLicenses, LicenseIssued, MintLicense, ReadImport, RevokeLicense, UndoImport } from '#contracts';
import { LicensingApp, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const licenses = () =>
  app.database.query<{ license_key: string; name: string }>('SELECT license_key, name FROM licenses');

/** Lines of licenses that exist nowhere but in the log of the tool that made them. */
async function log(count: number, more: object = {}): Promise<string[]> {
  const lines: string[] = [];
  for (let n = 0; n < count; n++) {
    const made = await app.ask(MintLicense, { name: `Buyer ${n}`, email: `b${n}@example.test`, tier: 'pro', years: 1 });
    lines.push(JSON.stringify({ license_key: made.license_key, blob: made.blob, ...more }));
  }
  await app.database.query('DELETE FROM licenses');
  await app.database.query('DELETE FROM license_issuance');
  await app.database.query('DELETE FROM outbox');
  return lines;
}

it('D-import.jsonl I1: takes the log over as its signatures say; again is a no-op; nobody is mailed', async () => {
  const lines = await log(3);
  const report = await app.ask(ImportLicenses, { text: `\uFEFF${lines.join('\r\n')}\n\n` });
  expect(report).toMatchObject({ added: 3, known: 0, rejected: 0 });
  expect(report.rows.map((row) => [row.line, row.outcome])).toEqual([1, 2, 3].map((line) => [line, 'added']));
  expect((await licenses()).map((row) => row.name).sort()).toEqual(['Buyer 0', 'Buyer 1', 'Buyer 2']);
  expect(await app.ask(ImportLicenses, { text: lines.join('\n') })).toMatchObject({ added: 0, known: 3 });
  expect(await app.events(LicenseIssued)).toEqual([]);
});

it('D-import.jsonl I3: a dry run reports the same and writes nothing', async () => {
  const text = (await log(2)).join('\n');
  expect(await app.ask(ImportLicenses, { text, dry_run: true })).toMatchObject({ id: null, dry_run: true, added: 2 });
  expect(await licenses()).toEqual([]);
  expect(await app.database.query('SELECT 1 FROM import_batches')).toEqual([]);
});

it('D-import.jsonl I4: what is forged, broken or said otherwise is rejected by its line; the rest is taken', async () => {
  const [good, other] = await log(2);
  const { blob } = JSON.parse(good!) as { blob: string };
  const at = blob.length - 20;
  const forged = blob.slice(0, at) + (blob[at] === 'A' ? 'B' : 'A') + blob.slice(at + 1);
  const otherKey = (JSON.parse(other!) as { license_key: string }).license_key;
  const text = [
    JSON.stringify({ blob: forged }),
    '{"blob":',
    JSON.stringify({ license_key: otherKey, blob }),
    JSON.stringify({ license_key: 'x' }),
    good,
    good,
  ].join('\n');
  const report = await app.ask(ImportLicenses, { text });
  expect(report.rows.map((row) => [row.line, row.outcome, row.code])).toEqual([
    [1, 'rejected', 'bad_signature'],
    [2, 'rejected', 'not_json'],
    [3, 'rejected', 'other_key'],
    [4, 'rejected', 'malformed_blob'],
    [5, 'added', null],
    [6, 'known', null],
  ]);
});

it('D-import.jsonl: one order has one license, and mail goes out when it is asked for', async () => {
  const lines = await log(2, { gumroad_order_id: 'order-1' });
  const report = await app.ask(ImportLicenses, { text: lines.join('\n'), mail: true });
  expect(report.rows.map((row) => row.code)).toEqual([null, 'order_taken']);
  expect(await app.events(LicenseIssued)).toMatchObject([{ data: { order: 'order-1' } }]);
});

it('I6: parts of one upload are one batch, which is read by line and undone but for what has changed since', async () => {
  const [one, two, three] = await log(3);
  const first = await app.ask(ImportLicenses, { text: one! });
  const id = first.id!;
  await app.ask(ImportLicenses, { text: `${two}\n${three}`, import_id: id, first_line: 2 });
  const batch = await app.ask(ReadImport, { id, after_line: 1 });
  expect(batch).toMatchObject({ added: 3, state: 'done', requested_by: 'creator-cli' });
  expect(batch.rows.map((row) => row.line)).toEqual([2, 3]);
  await app.ask(RevokeLicense, { license_key: first.rows[0]!.license_key! });
  expect(await app.ask(UndoImport, { id })).toEqual({ removed: 2, restored: 0 });
  expect(await app.ask(UndoImport, { id })).toEqual({ removed: 0, restored: 0 });
  expect(await licenses()).toHaveLength(1);
  expect((await refusal(app.ask(ImportLicenses, { text: two!, import_id: id }))).code).toBe('not_found');
});
