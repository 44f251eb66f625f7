import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { stack } from '../support/index.js';
import { internal } from '../support/people.js';
import { altered } from '../support/altered.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const DAY_MS = 86_400_000;
const ask = (method: string, at: string, json?: object) => internal(dev, 'creator-cli', method, at, json);
const licensesOf = async (order: string) => (await ask('GET', `/internal/licenses?order=${order}`)).body.licenses;

async function upload(query: string, type: string, body: string) {
  const headers = {
    'content-type': type,
    'x-internal-secret': `creator-cli.${dev.internal_callers['creator-cli']}`,
  };
  const answer = await fetch(`${dev.internal_url}/internal/imports${query}`, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

it('D-import.csv I1 I2 I3 I5 I6: an export of sales: dry run, report by line, import, again, undo', async () => {
  const [sold, refunded] = [`csv-${randomUUID()}`, `csv-${randomUUID()}`];
  const day = new Date(Date.now() - 30 * DAY_MS).toISOString().slice(0, 10);
  const csv = [
    '\uFEFFPurchase ID,Buyer Name,Purchase Email,Purchase Date,Fully Refunded?,Product ID,Review',
    `${sold},Ada,${sold}@example.test,${day},0,pro,"Two\r\nlines"`,
    `${refunded},Bob,${refunded}@example.test,${day},1,pro,`,
    `csv-${randomUUID()},Eve,eve@example.test,${day},0,poster,`,
    'Totals,,,,,,',
  ].join('\r\n');
  const unmapped = expect.stringMatching(/mapped to no license.*products\.yaml/) as string;
  const outcomes = [
    { line: 2, outcome: 'added' },
    { line: 4, outcome: 'skipped', code: 'refunded' },
    { line: 5, outcome: 'rejected', code: 'unmapped_product', field: 'Product ID', detail: unmapped },
  ];
  const dry = await upload('?dry_run=true', 'text/csv', csv);
  expect(dry).toMatchObject({ status: 200, body: { id: null, dry_run: true, rows: outcomes } });
  expect(await licensesOf(sold)).toEqual([]);
  const { body } = await upload('', 'text/csv; charset=utf-8', csv);
  expect(body).toMatchObject({ added: 1, skipped: 1, rejected: 1, rows: outcomes });
  expect(await licensesOf(sold)).toMatchObject([{ tier: 'pro', status: 'active', name: 'Ada' }]);
  expect((await upload('', 'text/csv', csv)).body).toMatchObject({ added: 0, known: 1 });
  const id = String(body.id);
  expect((await ask('GET', `/internal/imports/${id}`)).body).toMatchObject({ state: 'done', rows: outcomes });
  expect((await ask('DELETE', `/internal/imports/${id}`)).body).toEqual({ removed: 1, restored: 0 });
  expect(await licensesOf(sold)).toEqual([]);
  expect((await upload('', 'text/csv', 'Name,Email\na,b')).status).toBe(400);
});

it('D-import.jsonl I1 I4: a log of licenses: what is there is known, what is forged is refused by its line', async () => {
  const mint = { name: 'Ada', email: `${randomUUID()}@example.test`, tier: 'pro', years: 1 };
  const { license_key, blob } = (await ask('POST', '/internal/mint', mint)).body;
  const forged = altered(blob);
  const log = [JSON.stringify({ license_key, blob }), JSON.stringify({ license_key, blob: forged }), '{"blob":'];
  const { body } = await upload('', 'application/x-ndjson', log.join('\n'));
  expect(body.rows).toMatchObject([
    { line: 1, outcome: 'known' },
    { line: 2, outcome: 'rejected', code: 'bad_signature', field: 'blob', detail: expect.stringMatching(/signature/) },
    { line: 3, outcome: 'rejected', code: 'not_json', field: null, detail: expect.stringMatching(/JSON/) },
  ]);
});
