import { randomUUID } from 'node:crypto';
import { IMPORT_PROBLEMS, ImportLicenses, ReadImport, type ImportedRow } from '#contracts';
import { Edge, SECRETS, type RunningGateway } from '../../test/gateway-under-test.js';

const NDJSON = { 'content-type': 'application/x-ndjson' };

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

it('D-import.jsonl: a caller without the scope is refused; nobody gets in by the public listener', async () => {
  const headers = { 'x-internal-secret': `billing.${SECRETS.billing}` };
  expect((await gateway.internal('POST', '/internal/imports', { body: '{}', headers })).status).toBe(403);
  expect((await gateway.call('POST', '/internal/imports', { body: '{}', headers })).status).toBe(404);
  expect(edge.neighbours.last(ImportLicenses)).toBeUndefined();
});

it('D-import.csv: a file that is compressed is 415, and told so', async () => {
  const headers = { ...NDJSON, 'content-encoding': 'gzip' };
  const got = await gateway.asRoot('POST', '/internal/imports', { body: 'not to be read', headers });
  expect([got.status, got.body.detail]).toEqual([415, expect.stringMatching(/without a Content-Encoding/)]);
});

it('D-import.jsonl I4: every row that is not taken says in a sentence what is wrong and what mends it', async () => {
  const rows: ImportedRow[] = [
    { line: 1, outcome: 'rejected', code: 'malformed_blob', field: 'blob', license_key: null },
    { line: 2, outcome: 'added', code: null, field: null, license_key: 'DT1-PRO-0000-0000' },
  ];
  const counts = { added: 1, known: 0, revoked: 0, skipped: 0, rejected: 1 };
  const report = { id: randomUUID(), dry_run: false, ...counts, rows };
  const batch = { state: 'done', requested_by: 'creator-cli', started_at: new Date().toISOString() };
  edge.neighbours.on(ImportLicenses, () => report);
  edge.neighbours.on(ReadImport, () => ({ ...report, ...batch }));
  const told = [
    { ...rows[0], detail: IMPORT_PROBLEMS.malformed_blob },
    { ...rows[1], detail: null },
  ];
  const sent = await gateway.asRoot('POST', '/internal/imports', { body: '{}', headers: NDJSON });
  expect([sent.status, sent.body.rows]).toEqual([200, told]);
  const read = await gateway.asRoot('GET', `/internal/imports/${report.id}`);
  expect([read.status, read.body.rows]).toEqual([200, told]);
});

it('D-import: a sentence says what is wrong and then what to do', () => {
  for (const sentence of Object.values(IMPORT_PROBLEMS)) expect(sentence).toMatch(/^[A-Z][^.]*\. [A-Z].*\.$/);
});
