import {
  LicenseStatusChanged,
  MintLicense,
  ReadEntitlement,
  ReadLicense,
  RestoreLicense,
  RevokeLicense,
  SearchLicenses,
  SuspendLicense,
  type LicenseRecord,
  type MintLicenseRequest,
  type SearchLicensesRequest,
} from '#contracts';
import { newId } from '#persistence';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

let orders = 0;
const mint = (more: Partial<MintLicenseRequest> = {}): Promise<LicenseRecord> =>
  app.ask(MintLicense, {
    name: 'Grace Hopper',
    email: `grace${++orders}@example.test`,
    tier: 'pro',
    years: 1,
    order: `order-${orders}`,
    ...more,
  });
const changesOf = async (key: string) =>
  (await app.events(LicenseStatusChanged)).filter((e) => e.data.license_key === key).map((e) => e.data.change);

describe('revoke', () => {
  it('D-revoke: 50 parallel revocations end in one answer and one event', async () => {
    const { license_key } = await mint();
    const answers = await parallel(50, (i) => app.ask(RevokeLicense, { license_key, reason: `reason ${i}` }));
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 'revoked', revoked_at: expect.any(String) });
    expect(await changesOf(license_key)).toEqual(['revoked']);
  });

  it('D-revoke K2: finds the license by order and by a key as people type it, and says the same again later', async () => {
    const license = await mint();
    const byOrder = await app.ask(RevokeLicense, { gumroad_order_id: license.gumroad_order_id!, reason: 'refund' });
    app.clock.skip(60_000);
    const typed = ` ${license.license_key.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `;
    expect(await app.ask(RevokeLicense, { license_key: typed })).toEqual(byOrder);
    expect(byOrder.revoked_reason).toBe('refund');
  });

  it('D-revoke: finds an order of Lemon Squeezy by the bare number that the store shows, after one that is called so', async () => {
    const order = `4711${++orders}`;
    const theirs = await mint({ order: `lemonsqueezy-order-${order}` });
    const found = async () => (await app.ask(SearchLicenses, { order })).licenses.map((one) => one.license_key);
    expect(await found()).toEqual([theirs.license_key]);
    const own = await mint({ order });
    expect((await found()).sort()).toEqual([own.license_key, theirs.license_key].sort());
    for (const { license_key } of [own, own])
      expect(await app.ask(RevokeLicense, { gumroad_order_id: order })).toMatchObject({ license_key });
    const other = await mint({ order: `lemonsqueezy-order-${order}0` });
    expect(await app.ask(RevokeLicense, { gumroad_order_id: `${order}0` })).toMatchObject({
      license_key: other.license_key,
      status: 'revoked',
    });
    expect(await refusal(app.ask(SuspendLicense, { gumroad_order_id: `${order}0`, reason: 'dispute' }))).toEqual({
      code: 'not_found',
    });
  });

  it('D-revoke: an unknown key, an unknown order and what is no key are not found', async () => {
    for (const name of [
      { license_key: 'DT1-PRO-0000-0000' },
      { gumroad_order_id: 'nobody' },
      { license_key: 'what is this' },
    ]) {
      expect(await refusal(app.ask(RevokeLicense, name))).toEqual({ code: 'not_found' });
    }
  });

  it('D-revoke: exactly one of key and order is wanted', async () => {
    const fields = ['license_key', 'gumroad_order_id'];
    const both = { license_key: 'DT1-PRO-0000-0000', gumroad_order_id: 'order' };
    expect(await refusal(app.ask(RevokeLicense, {}))).toEqual({ code: 'validation_failed', fields });
    expect(await refusal(app.ask(RevokeLicense, both))).toEqual({ code: 'validation_failed', fields });
  });

  it('D-revoke: revoked is final, and the row stays', async () => {
    const { license_key, gumroad_order_id } = await mint();
    const order = { gumroad_order_id: gumroad_order_id! };
    await app.ask(RevokeLicense, { license_key });
    expect(await refusal(app.ask(SuspendLicense, { ...order, reason: 'dispute' }))).toEqual({
      code: 'license_revoked',
    });
    expect(await refusal(app.ask(RestoreLicense, order))).toEqual({ code: 'license_revoked' });
    expect((await app.ask(ReadLicense, { license_key })).status).toBe('revoked');
  });
});

describe('suspend and restore', () => {
  it('G10: a dispute suspends once, winning it restores, a refund after that revokes', async () => {
    const { license_key, gumroad_order_id } = await mint();
    const order = { gumroad_order_id: gumroad_order_id! };
    const suspended = await app.ask(SuspendLicense, { ...order, reason: 'dispute' });
    expect(suspended).toMatchObject({ status: 'suspended', suspended_reason: 'dispute', revoked_at: null });
    expect(suspended.suspended_at).toMatch(/^\d{4}-.*Z$/);
    expect(await app.ask(SuspendLicense, { ...order, reason: 'again' })).toEqual(suspended);
    const restored = await app.ask(RestoreLicense, order);
    expect(restored).toMatchObject({ status: 'active', suspended_at: null, suspended_reason: null });
    expect((await app.ask(RestoreLicense, order)).status).toBe('active');
    expect((await app.ask(RevokeLicense, order)).status).toBe('revoked');
    expect(await changesOf(license_key)).toEqual(['suspended', 'restored', 'revoked']);
  });

  it('G10: an unknown order is not found', async () => {
    expect(await refusal(app.ask(RestoreLicense, { gumroad_order_id: 'nobody' }))).toEqual({ code: 'not_found' });
  });
});

describe('search', () => {
  const search = (request: SearchLicensesRequest) => app.ask(SearchLicenses, request);

  it('walks all pages, newest first, each license once, while others are minted', async () => {
    const email = 'many@example.test';
    const minted: string[] = [];
    for (let i = 0; i < 7; i++) minted.push((await mint({ email })).license_key);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof search>> = await search({
        email: 'MANY@example.test',
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.licenses.map((l) => l.license_key));
      cursor = page.next_cursor;
      app.clock.skip(1_000);
      await mint();
    } while (cursor);
    expect([...seen].sort()).toEqual([...minted].sort());
  });

  it('finds by folded key, order, tier and each status', async () => {
    const email = 'statuses@example.test';
    const [active, suspended, revoked, expired] = [
      await mint({ email }),
      await mint({ email, tier: 'lite' }),
      await mint({ email }),
      await mint({ email, years: undefined, expires_at: new Date(app.clock.now().getTime() + DAY).toISOString() }),
    ];
    await app.ask(SuspendLicense, { gumroad_order_id: suspended.gumroad_order_id!, reason: 'dispute' });
    await app.ask(RevokeLicense, { license_key: revoked.license_key });
    app.clock.skip(2 * DAY);
    const keys = async (more: SearchLicensesRequest) =>
      (await search({ email, ...more })).licenses.map((l) => `${l.license_key} ${l.status}`);
    expect(await keys({ status: 'active' })).toEqual([`${active.license_key} active`]);
    expect(await keys({ status: 'suspended' })).toEqual([`${suspended.license_key} suspended`]);
    expect(await keys({ status: 'revoked' })).toEqual([`${revoked.license_key} revoked`]);
    expect(await keys({ status: 'expired' })).toEqual([`${expired.license_key} expired`]);
    expect(await keys({ tier: 'lite' })).toHaveLength(1);
    expect(await keys({ order: active.gumroad_order_id! })).toHaveLength(1);
    expect(await keys({ license_key: active.license_key.toLowerCase() })).toHaveLength(1);
    expect(await keys({ license_key: 'no key at all' })).toEqual([]);
    expect(await keys({ key: active.license_key })).toEqual(await keys({ license_key: active.license_key }));
    expect(await keys({ gumroad_order_id: active.gumroad_order_id! })).toHaveLength(1);
  });

  it.each(['x', 'bnVsbA', Buffer.from('["x","y"]').toString('base64url'), 'e30'])(
    'refuses the foreign cursor %s',
    async (cursor) => {
      expect(await refusal(search({ cursor }))).toEqual({ code: 'validation_failed', fields: ['cursor'] });
    },
  );
});

describe('the entitlement of the owner', () => {
  it('follows every change of the license', async () => {
    const user_id = newId();
    const { license_key, gumroad_order_id } = await mint();
    await app.database.query('UPDATE licenses SET user_id = $1 WHERE license_key = $2', [user_id, license_key]);
    const plan = async () => {
      const { plan, status } = await app.ask(ReadEntitlement, {}, { user_id });
      return `${plan} ${status}`;
    };
    const order = { gumroad_order_id: gumroad_order_id! };
    expect(await plan()).toBe('pro licensed');
    await app.ask(SuspendLicense, { ...order, reason: 'dispute' });
    expect(await plan()).toBe('free suspended');
    await app.ask(RestoreLicense, order);
    expect(await plan()).toBe('pro licensed');
    await app.ask(RevokeLicense, order);
    expect(await plan()).toBe('free unregistered');
  });
});
