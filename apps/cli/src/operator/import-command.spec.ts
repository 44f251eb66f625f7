import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importFile, partsOf } from './import-command.js';
import { InternalApi } from './internal-api.js';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'import-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

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

it('D-cli I3: the parts are one batch, and its counts add up', async () => {
  const api = new InternalApi({ publicUrl: '', internalUrl: '', caller: '', secret: '' });
  const asked: unknown[] = [];
  api.ask = (<T>(_: string, __: string, sent?: { query?: object }) => {
    asked.push(sent?.query);
    const rows = [{ line: 1, outcome: 'rejected', code: 'not_json' }];
    return Promise.resolve({ id: 'batch', added: 2, known: 1, rejected: 1, rows } as T);
  }) as InternalApi['ask'];
  const report = await importFile(api, fileOf(400), { mail: true });
  expect(asked).toMatchObject([
    { import_id: undefined, first_line: 1 },
    { import_id: 'batch' },
    { import_id: 'batch' },
  ]);
  expect(report).toMatchObject({ id: 'batch', added: 6, known: 3, rejected: 3 });
});
