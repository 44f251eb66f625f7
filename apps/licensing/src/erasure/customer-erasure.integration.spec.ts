import {
  EraseCustomer,
  LicenseIssued,
  MintLicense,
  ReadEntitlement,
  ReadLicense,
  ReissueBlobs,
  SearchLicenses,
} from '#contracts';
import { newId } from '#persistence';
import { LicensingApp } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const EMAIL = 'grace.hopper@example.test';
const order = () => newId();
const mint = (email = EMAIL, of = order(), name = 'Grace Hopper') =>
  app.ask(MintLicense, {
    name,
    email,
    tier: 'pro' as const,
    years: 1,
    notes: `for ${email}`,
    order: of,
  });
const erase = (dry_run = false) => app.ask(EraseCustomer.licensing, { email: EMAIL.toUpperCase(), dry_run });

async function everything(): Promise<string> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('outbox', 'inbox')`,
  );
  return JSON.stringify(
    await Promise.all(tables.map(({ name }) => app.database.query(`SELECT t::text FROM "${name}" t`))),
  );
}
async function expectNoTrace(): Promise<void> {
  const left = await everything();
  for (const trace of [EMAIL, 'Hopper']) expect(left).not.toContain(trace);
}

it('D-pii: erases a buyer by address; keys, orders and dates stay, and others stay whole', async () => {
  const { license_key } = await mint();
  await mint('ada@example.test', order(), 'Ada');
  const before = await app.ask(ReadLicense, { license_key });
  expect((await erase()).rows).toEqual([
    { kind: 'licenses', rows: 1 },
    { kind: 'license_issuances', rows: 1 },
  ]);
  await expectNoTrace();
  const { tier, issued_at, expires_at, gumroad_order_id, status } = before;
  const after = await app.ask(ReadLicense, { license_key });
  expect(after).toMatchObject({
    tier,
    issued_at,
    expires_at,
    gumroad_order_id,
    status,
    name: 'erased',
    blob: 'erased',
  });
  expect((await app.ask(SearchLicenses, { email: 'ada@example.test' })).licenses).toHaveLength(1);
  expect((await erase()).rows.every(({ rows }) => rows === 0)).toBe(true);
});

it('D-pii: a dry run says what would go, and nothing goes', async () => {
  await mint();
  const before = await everything();
  expect((await erase(true)).rows).toEqual([
    { kind: 'licenses', rows: 1 },
    { kind: 'license_issuances', rows: 1 },
  ]);
  expect(await everything()).toBe(before);
});

it('D-pii: the account stays and no longer has the plan of what was sold to the address', async () => {
  const user_id = newId();
  app.neighbours.owners.set(EMAIL, user_id);
  await mint();
  await app.deliverOwn(LicenseIssued);
  expect((await app.ask(ReadEntitlement, {}, { user_id })).licenses).toHaveLength(1);
  await erase();
  const left = await app.ask(ReadEntitlement, {}, { user_id });
  expect([left.plan, left.licenses]).toEqual(['free', []]);
});

it('D-pii: the same order again gives the erased license, and an import of the past brings nobody back', async () => {
  const of = order();
  const { license_key } = await mint(EMAIL, of);
  await erase();
  expect(await mint(EMAIL, of)).toMatchObject({ license_key, email: 'erased@erased.invalid' });
  await app.database.query(
    `INSERT INTO licenses (license_key, name, email, tier, issued_at, expires_at, blob, kid, notes)
     VALUES ('DT1-PRO-AAAA-BBBB', 'Grace Hopper', $1, 'pro', now() - interval '1 year', now() + interval '1 year', 'b', 'k', $1)`,
    [EMAIL],
  );
  await expectNoTrace();
});

it('D-pii: whoever buys again after the erasure is a buyer as any other', async () => {
  await mint();
  await erase();
  // Within the same second, which is the smallest unit of a license.
  const { license_key, blob } = await mint();
  expect(await app.ask(ReadLicense, { license_key })).toMatchObject({ email: EMAIL, name: 'Grace Hopper', blob });
});

/** What happens between a signature and its answer, once. */
function whileSigned(happens: () => Promise<unknown>): void {
  const { beforeAnswer } = app.neighbours;
  app.neighbours.beforeAnswer = async () => {
    app.neighbours.beforeAnswer = beforeAnswer;
    await happens();
  };
}

it('D-pii: a license that is being signed while its buyer is erased does not bring the buyer back', async () => {
  whileSigned(erase);
  expect(await mint()).toMatchObject({ email: 'erased@erased.invalid', name: 'erased', blob: 'erased' });
  await expectNoTrace();
});

it('D-pii: a new blob that is being signed while its buyer is erased does not bring the buyer back', async () => {
  const { license_key } = await mint();
  app.neighbours.kid = 'k2';
  whileSigned(erase);
  expect(await app.ask(ReissueBlobs, { kid: 'k1' })).toEqual({ reissued: 1, remaining: 0 });
  expect(await app.ask(ReadLicense, { license_key })).toMatchObject({ name: 'erased', blob: 'erased' });
});
