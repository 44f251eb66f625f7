import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importFile, progress, undoImport } from './import-command.js';
import { jsonOutput, textOutput } from './import-output.js';
import { partsOf } from './import-parts.js';
import { InternalApi, Refused } from './internal-api.js';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'import-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function fileOf(lines: number): string {
  const file = path.join(dir, `${lines}.jsonl`);
  fs.writeFileSync(file, Array.from({ length: lines }, (_, n) => `{"n":${n},"blob":"${'x'.repeat(900)}"}`).join('\n'));
  return file;
}

it('D-cli D-import.jsonl: a long file goes in parts that end with a line, each with its number', async () => {
  let line = 1;
  for await (const { text, firstLine } of partsOf(fileOf(1000))) {
    expect(firstLine).toBe(line);
    expect(text.length).toBeLessThan(200_000);
    for (const one of text.split('\n')) expect((JSON.parse(one) as { n: number }).n).toBe(line++ - 1);
  }
  expect(line).toBe(1001);
});

const detail = 'The line is no JSON object. Write it in one line.';
const row = { line: 1, outcome: 'rejected', code: 'not_json', field: null, detail };

it('D-cli I3: the parts are one batch, and its counts add up', async () => {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const asked: unknown[] = [];
  api.ask = (<T>(_: string, __: string, sent?: { query?: object }) => {
    asked.push(sent?.query);
    return Promise.resolve({ id: 'batch', added: 2, known: 1, revoked: 0, skipped: 0, rejected: 1, rows: [row] } as T);
  }) as InternalApi['ask'];
  const said: string[] = [];
  const report = await importFile(
    api,
    fileOf(400),
    { mail: true },
    jsonOutput((text) => said.push(text)),
  );
  expect(asked).toMatchObject([
    { import_id: undefined, first_line: 1 },
    { import_id: 'batch' },
    { import_id: 'batch' },
  ]);
  expect(report).toMatchObject({ id: 'batch', added: 6, known: 3, rejected: 3 });
  expect(JSON.parse(said.join(''))).toEqual({ ...report, rows: [row, row, row] });
});

it('D-cli I6: a batch that is larger than there is time for is asked for again until nothing of it is left', async () => {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const answers = [
    { removed: 0, restored: 1_000, more: true },
    { removed: 5_000, restored: 3, more: true },
    { removed: 2, restored: 0 },
  ];
  const asked: string[] = [];
  api.ask = (<T>(method: string, at: string) => {
    asked.push(`${method} ${at}`);
    return Promise.resolve(answers.shift() as T);
  }) as InternalApi['ask'];
  expect(await undoImport(api, 'batch')).toEqual({ removed: 5_002, restored: 1_003 });
  expect(asked).toEqual(Array(3).fill('DELETE /internal/imports/batch'));
});

it('D-cli D-import.csv I2: every part of an export has the header, and a record keeps its line', async () => {
  const file = path.join(dir, 'sales.csv');
  const record = (n: number) => `${n},"one\r\n\r\ntwo ""${'x'.repeat(900)}"""`;
  const lines = Array.from({ length: 400 }, (_, n) => `${record(n)}\r\n${n % 50 === 0 ? '\r\n' : ''}`);
  fs.writeFileSync(file, `\uFEFFPurchase ID,Review\r\n${lines.join('')}`);
  const whole = fs.readFileSync(file, 'utf8').split('\r\n');
  let records = 0;
  let parts = 0;
  for await (const { text, firstLine } of partsOf(file)) {
    const [header, ...rest] = text.split(/\r?\n/);
    expect(header).toBe('Purchase ID,Review');
    rest.forEach((line, at) => expect(line).toBe(whole[firstLine - 1 + at]));
    records += rest.filter((line) => /^\d+,/.test(line)).length;
    parts += 1;
  }
  expect(records).toBe(400);
  expect(parts).toBeGreaterThan(1);
});

it('D-cli I3: what is rejected is told while the file is read, and nothing of it is kept', async () => {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const told: string[] = [];
  const heardBefore: number[] = [];
  api.ask = <T>() => {
    heardBefore.push(told.length);
    const rows = [{ ...row, line: heardBefore.length, field: 'blob' }];
    return Promise.resolve({ id: null, added: 0, known: 0, revoked: 0, skipped: 0, rejected: 1, rows } as T);
  };
  const output = textOutput((text) => told.push(text), true);
  const counts = await importFile(api, fileOf(800), { dryRun: true }, output);
  // Three parts are under way at a time.
  expect(heardBefore).toEqual([0, 0, 0, 1, 2]);
  expect(counts).not.toHaveProperty('rows');
  expect(told.join('')).toBe(
    [1, 2, 3, 4, 5].map((line) => `line ${line}, blob: ${detail} (not_json)\n`).join('') +
      '0 would be added, 0 known, 0 revoked, 0 skipped, 5 rejected\n',
  );
});

it('D-cli: a report without a rejected row is JSON as well', () => {
  const said: string[] = [];
  const counts = { id: 'batch', added: 1, known: 0, revoked: 0, skipped: 0, rejected: 0 };
  jsonOutput((text) => said.push(text)).end(counts);
  expect(JSON.parse(said.join(''))).toEqual({ ...counts, rows: [] });
});

it('D-cli: the bar is full at the end', () => {
  const report = { added: 2, known: 1, revoked: 0, skipped: 0, rejected: 1 };
  expect(progress(1, report)).toBe(`[${'#'.repeat(30)}] 4 rows`);
  expect(progress(0.5, report)).toContain(`${'#'.repeat(15)}.`);
});

it.each(['csv', 'jsonl'])(
  'D-cli I2: a file that is not UTF-8 is refused, not read as other letters: %s',
  async (type) => {
    const file = path.join(dir, `latin1.${type}`);
    fs.writeFileSync(file, Buffer.from('Purchase ID,Buyer Name\n1,Zo\u00eb\n', 'latin1'));
    await expect(allOf(partsOf(file))).rejects.toThrow(/not UTF-8/);
  },
);

it('D-cli: a quote that is never closed does not gather the whole file', async () => {
  const file = path.join(dir, 'open.csv');
  fs.writeFileSync(file, `Purchase ID,Review\n1,"${'x\n'.repeat(200_000)}`);
  await expect(allOf(partsOf(file))).rejects.toThrow(/Max Record Size/);
});

it('D-cli: a part has no more lines than a report has room for', async () => {
  const file = path.join(dir, 'short.jsonl');
  fs.writeFileSync(file, 'x\n'.repeat(10_000));
  const parts = await allOf(partsOf(file));
  expect(parts.map(({ firstLine }) => firstLine)).toEqual([1, 4_001, 8_001]);
});

it('D-cli D-import.csv: a part that makes too much at once goes in halves, each record once, into one batch', async () => {
  const file = path.join(dir, 'seats.csv');
  fs.writeFileSync(file, ['Purchase ID,Quantity', ...Array.from({ length: 100 }, (_, n) => `${n},100`)].join('\n'));
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const taken: { records: string[]; query: Record<string, unknown> }[] = [];
  let most = 30;
  api.ask = (<T>(_: string, __: string, { query = {}, body = '' }) => {
    const [header, ...records] = body.split('\n');
    expect(header).toBe('Purchase ID,Quantity');
    if (records.length > most) return Promise.reject(new Refused('Send it in smaller parts.', ['too_many']));
    taken.push({ records, query });
    const counts = { added: records.length * 100, known: 0, revoked: 0, skipped: 0, rejected: 0 };
    return Promise.resolve({ id: 'batch', ...counts, rows: [] } as T);
  }) as InternalApi['ask'];
  const output = jsonOutput(() => undefined);
  expect(await importFile(api, file, {}, output)).toMatchObject({ id: 'batch', added: 10_000 });
  expect(taken.flatMap(({ records }) => records)).toEqual(Array.from({ length: 100 }, (_, n) => `${n},100`));
  expect(taken.map(({ query }) => query.import_id)).toEqual([undefined, 'batch', 'batch', 'batch']);
  expect(taken.map(({ query }) => query.first_line)).toEqual([2, 27, 52, 77]);
  most = 0;
  await expect(importFile(api, file, {}, output)).rejects.toThrow(/smaller parts/);
});
