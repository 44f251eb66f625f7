import {
  LicenseIssued,
  MintLicense,
  RevokeLicense,
  SearchLicenses,
  SignBlob,
  type MintLicenseRequest,
} from '#contracts';
import { isLicenseKey, nodeVerifier, verifyBlobSync } from '#license-format';
import crypto from 'node:crypto';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());
afterEach(() => app.neighbours.away.clear());

let orders = 0;
const sale = (more: Partial<MintLicenseRequest> = {}): MintLicenseRequest => ({
  name: 'Ada Lovelace',
  email: `ada${++orders}@example.test`,
  tier: 'core',
  years: 1,
  ...more,
});
const mint = (request: MintLicenseRequest, caller?: string) => app.ask(MintLicense, request, { caller });
const logged = (where: string, value: string) =>
  app.database.query<{ id: string; kid: string | null }>(`SELECT * FROM license_issuance WHERE ${where} = $1`, [value]);

describe('mint', () => {
  it('K4 H2: 50 parallel mints of one order make one license, one log row and one event', async () => {
    const request = sale({ order: 'order-k4' });
    const answers = await parallel(50, () => mint(request));
    expect(new Set(answers.map((a) => `${a.license_key} ${a.blob}`)).size).toBe(1);
    const [key] = answers.map((a) => a.license_key);
    expect(await logged('gumroad_order_id', 'order-k4')).toMatchObject([{ license_key: key, kid: 'k1' }]);
    const issued = (await app.events(LicenseIssued)).filter((e) => e.data.license_key === key);
    expect(issued).toMatchObject([{ data: { tier: 'core', order: 'order-k4' } }]);
  });

  it('K4: 50 parallel mints with one idempotency key and no order make one license', async () => {
    const request = sale({ idempotency_key: 'idem-50' });
    const answers = await parallel(50, () => mint(request));
    expect(new Set(answers.map((a) => JSON.stringify(Object.entries(a).sort()))).size).toBe(1);
    expect((await app.ask(SearchLicenses, { email: request.email })).licenses).toHaveLength(1);
  });

  it('D-once: 40 parallel mints of 8 orders make one license each', async () => {
    const answers = await parallel(40, (i) => mint(sale({ order: `order-many-${i % 8}` })));
    expect(new Set(answers.map((a) => a.license_key)).size).toBe(8);
  });

  it('K1: a key that is taken is drawn again, in the log as well as among the licenses', async () => {
    const taken = (await mint(sale())).license_key;
    const pending = app.keys.next('core');
    app.neighbours.away.add(SignBlob.name);
    const draw = jest.spyOn(app.keys, 'next').mockReturnValueOnce(pending);
    await refusal(mint(sale()));
    app.neighbours.away.clear();
    draw.mockReturnValueOnce(taken).mockReturnValueOnce(pending);
    const minted = await mint(sale({ order: 'order-k1' }));
    draw.mockRestore();
    expect([taken, pending]).not.toContain(minted.license_key);
    expect(isLicenseKey(minted.license_key)).toBe(true);
  });

  it('LIC12: what was signed before the answer was lost is in the log, and the next try gives that very license', async () => {
    const request = sale({ order: 'order-lost' });
    const before = app.neighbours.signedBlobs.length;
    const { beforeAnswer } = app.neighbours;
    app.neighbours.beforeAnswer = async () => void app.neighbours.away.add(SignBlob.name);
    expect(await refusal(mint(request))).toEqual({ code: 'unavailable' });
    app.neighbours.beforeAnswer = beforeAnswer;
    const [lost] = app.neighbours.signedBlobs.slice(before);
    expect(await logged('id', lost!.jti)).toMatchObject([{ license_key: lost!.license_key, completed_at: null }]);
    app.neighbours.away.clear();
    expect((await mint(request)).license_key).toBe(lost!.license_key);
    expect(await logged('id', lost!.jti)).toMatchObject([{ kid: 'k1', completed_at: expect.any(Date) }]);
  });

  it('LIC12: every blob that was ever signed has its row in the log', async () => {
    const rows = await app.database.query<{ id: string }>('SELECT id FROM license_issuance');
    const ids = new Set(rows.map((row) => row.id));
    expect(app.neighbours.signedBlobs.filter((blob) => !ids.has(blob.jti))).toEqual([]);
  });

  it('holds no database connection while it waits for the signature', async () => {
    const { beforeAnswer } = app.neighbours;
    const open: unknown[] = [];
    app.neighbours.beforeAnswer = async () => {
      const sql = `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`;
      open.push(...(await app.database.query(sql)));
    };
    await mint(sale());
    app.neighbours.beforeAnswer = beforeAnswer;
    expect(open).toEqual([]);
  });

  it('refuses another body under the same idempotency key, and keeps the callers’ keys apart', async () => {
    const request = sale({ idempotency_key: 'idem-1' });
    const first = await mint(request);
    expect(await refusal(mint({ ...request, tier: 'pro' }))).toEqual({ code: 'idempotency_key_reused' });
    expect(await mint({ ...request })).toEqual(first);
    expect((await mint(request, 'another-caller')).license_key).not.toBe(first.license_key);
  });

  it('gives the first answer again under an idempotency key, whatever became of the license, for 24 hours', async () => {
    const request = sale({ idempotency_key: 'idem-2' });
    const first = await mint(request);
    await app.ask(RevokeLicense, { license_key: first.license_key });
    expect(await mint(request)).toEqual(first);
    app.clock.skip(DAY + 1_000);
    expect((await mint(request)).license_key).not.toBe(first.license_key);
  });

  it.each([
    ['neither years nor expires_at', { years: undefined }, ['years', 'expires_at']],
    ['both', { expires_at: '2090-01-01T00:00:00.000Z' }, ['years', 'expires_at']],
    ['an end in the past', { years: undefined, expires_at: '2020-01-01T00:00:00Z' }, ['expires_at']],
    ['an end beyond 100 years', { years: undefined, expires_at: '2190-01-01T00:00:00Z' }, ['expires_at']],
    ['a week date', { years: undefined, expires_at: '2090-W05-1' }, ['expires_at']],
    ['a CRLF in the name', { name: 'Ada\r\nBcc: all@example.test' }, ['name']],
    ['a NUL in the name', { name: 'Ada\u0000' }, ['name']],
    ['half a surrogate in the name', { name: 'Ada \ud800' }, ['name']],
    ['a blank name', { name: '   ' }, ['name']],
    ['a CRLF in a quoted address', { email: '"a\r\nBcc: b"@example.test' }, ['email']],
    ['a NUL in the notes', { notes: 'a\u0000b' }, ['notes']],
    ['a line break in the order', { order: 'a\nb' }, ['order']],
    ['an unknown tier', { tier: 'gold' as 'pro' }, ['tier']],
  ])('D-mint: %s is refused and reserves nothing', async (_, more, fields) => {
    const count = async () => (await app.database.query('SELECT 1 FROM license_issuance')).length;
    const before = await count();
    expect(await refusal(mint(sale(more)))).toEqual({ code: 'validation_failed', fields });
    expect(await count()).toBe(before);
  });

  it('D-mint D-key-format: a blob that its public key proves, and a row that says the same', async () => {
    const license = await mint(sale({ name: 'Zoë Ω', years: 2, notes: 'a gift\nfor her' }));
    expect(license.license_key).toMatch(/^DT1-CORE-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const verdict = verifyBlobSync(license.blob, [app.neighbours.blobKey], {
      verifier: nodeVerifier(crypto),
      now: app.clock.now().getTime() / 1_000,
      product: 'datatools',
    } as never);
    expect(verdict).toMatchObject({ code: 'VALID' });
    expect(app.neighbours.signedBlobs.at(-1)).toMatchObject({
      license_key: license.license_key,
      name: 'Zoë Ω',
      tier: 'core',
      iat: Date.parse(license.issued_at) / 1000,
      exp: Date.parse(license.expires_at) / 1000,
      feat: { list: ['datatools.batch', 'datatools.export', 'datatools.import'] },
    });
    const [row] = await app.database.query('SELECT * FROM licenses WHERE license_key = $1', [license.license_key]);
    expect(row).toMatchObject({ name: 'Zoë Ω', tier: 'core', revoked_at: null, notes: 'a gift\nfor her' });
  });

  it('D-schema: the columns and indexes that were promised are there', async () => {
    const columns = await app.database.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns WHERE table_name = 'licenses'`,
    );
    expect(columns.map((c) => c.column_name)).toEqual(
      expect.arrayContaining(
        'license_key name email tier issued_at expires_at blob gumroad_order_id revoked_at notes'.split(' '),
      ),
    );
    const indexes = await app.database.query<{ indexdef: string }>(
      `SELECT indexdef FROM pg_indexes WHERE tablename = 'licenses'`,
    );
    const text = indexes.map((i) => i.indexdef).join('\n');
    expect(text).toMatch(/\(lower\(email\)\)/);
    expect(text).toMatch(/\(expires_at\) WHERE \(revoked_at IS NULL\)/);
    expect(text).toMatch(/UNIQUE .* \(gumroad_order_id\)/);
    expect(text).toMatch(/UNIQUE .* \(license_key\)/);
  });
});
