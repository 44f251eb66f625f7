import {
  ImportLicenses,
  LicenseIssued,
  ListImports,
  MintLicense,
  ReadImport,
  RevokeLicense,
  SignBlob,
  UndoImport,
} from '#contracts';
import { LicensingApp, refusal } from '../../test/licensing-app.js';
import { altered } from '../../../../test/support/altered.js';

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
  const forged = altered(blob);
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
  const told = [
    [1, 'rejected', 'bad_signature', 'blob'],
    [2, 'rejected', 'not_json', null],
    [3, 'rejected', 'other_key', 'license_key'],
    [4, 'rejected', 'malformed_blob', 'blob'],
    [5, 'added', null, null],
    [6, 'known', null, null],
  ];
  expect(report.rows.map((row) => [row.line, row.outcome, row.code, row.field])).toEqual(told);
  const { rows } = await app.ask(ReadImport, { id: report.id! });
  expect(rows.map((row) => [row.line, row.outcome, row.code, row.field])).toEqual(told);
});

it('D-import.jsonl: one order has one license, and mail goes out when it is asked for', async () => {
  const lines = await log(2, { gumroad_order_id: 'order-1' });
  const report = await app.ask(ImportLicenses, { text: lines.join('\n'), mail: true });
  expect(report.rows.map((row) => [row.code, row.field])).toEqual([
    [null, null],
    ['order_taken', 'gumroad_order_id'],
  ]);
  expect(await app.events(LicenseIssued)).toMatchObject([{ data: { order: 'order-1' } }]);
});

it('D-import.jsonl: what the database cannot hold or a mail must not is rejected by its line, and the rest is taken', async () => {
  const [one, two, three] = (await log(3)).map((line) => JSON.parse(line) as object);
  // An order that were left out for not being a text would be sold a second license by its next ping.
  const text = [
    { ...one, notes: 'a\u0000b' },
    { ...one, notes: 'x'.repeat(2001) },
    { ...two, gumroad_order_id: 'order\u0000' },
    { ...two, gumroad_order_id: 12345 },
    { ...two, order: 'x'.repeat(192) },
    { ...three, notes: null, order: '' },
  ];
  const report = await app.ask(ImportLicenses, { text: text.map((line) => JSON.stringify(line)).join('\n') });
  expect(report.rows.map((row) => [row.code, row.field])).toEqual([
    ...Array<[string, string]>(2).fill(['invalid_notes', 'notes']),
    ...Array<[string, string]>(2).fill(['invalid_order', 'gumroad_order_id']),
    ['invalid_order', 'order'],
    [null, null],
  ]);
  expect(await licenses()).toHaveLength(1);
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

it('D-import.jsonl I4: a time that no date is rejects its row, which names it; the rest is taken', async () => {
  const now = Math.floor(app.clock.now().getTime() / 1000);
  const LAST = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
  const line = async (n: number, times: object): Promise<string> => {
    const [one] = await log(1);
    const { license_key } = JSON.parse(one!) as { license_key: string };
    const person = {
      name: `Buyer ${n}`,
      email: `b${n}@example.test`,
      tier: 'pro',
      feat: { list: [] },
      jti: `jti-${n}`,
    };
    const request = { license_key, ...person, iat: now, nbf: now, exp: now + 1, ...times };
    return JSON.stringify({ license_key, blob: (await app.neighbours.send(SignBlob, request)).blob });
  };
  const times: [object, string | null][] = [
    [{ exp: LAST + 1 }, 'invalid_exp'],
    [{ exp: Number.MAX_SAFE_INTEGER }, 'invalid_exp'],
    [{ exp: 8_640_000_000_001 }, 'invalid_exp'],
    [{ iat: LAST + 1, exp: LAST + 2 }, 'invalid_iat'],
    [{ nbf: LAST + 1, exp: LAST + 2 }, 'invalid_nbf'],
    [{ iat: now + 1 }, 'invalid_terms'],
    [{ exp: LAST }, null],
    [{ iat: 0 }, null],
  ];
  // One after the other: each takes away what the database knows of licenses.
  const lines: string[] = [];
  for (const [n, [over]] of times.entries()) lines.push(await line(n, over));
  const report = await app.ask(ImportLicenses, { text: lines.join('\n') });
  expect(report.rows.map((row) => row.code)).toEqual(times.map(([, code]) => code));
  expect(await licenses()).toHaveLength(2);
});

it('I6: batches are looked up newest first, so that one whose id was lost can be undone', async () => {
  const lines = await log(2);
  const first = await app.ask(ImportLicenses, { text: `${lines[0]}\nno license` });
  const second = await app.ask(ImportLicenses, { text: lines[1]!, mail: true });
  const page = await app.ask(ListImports, { limit: 1 });
  expect(page.imports).toEqual([
    expect.objectContaining({ id: second.id, format: 'jsonl', state: 'done', mail: true, added: 1, rejected: 0 }),
  ]);
  await app.ask(UndoImport, { id: first.id! });
  const rest = await app.ask(ListImports, { cursor: page.next_cursor! });
  expect(rest.imports).toMatchObject([{ id: first.id, state: 'undone', mail: false, added: 1, rejected: 1 }]);
  expect(rest.next_cursor).toBeNull();
});
