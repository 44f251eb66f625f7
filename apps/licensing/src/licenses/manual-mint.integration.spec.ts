import { LicenseIssued, MintLicense, RevokeLicense, SearchLicenses } from '#contracts';
import { LicensingApp } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app?.stop());

const EMAIL = 'reviewer@example.test';
const byHand = (notes: string, more: object = {}) =>
  app.ask(MintLicense, { name: 'Rowan', email: EMAIL, tier: 'pro' as const, years: 1, notes, ...more });
const found = async () => (await app.ask(SearchLicenses, { email: EMAIL })).licenses;

describe('licenses that an operator mints by hand', () => {
  it('D-manual: a comp needs no order, keeps its notes, and is delivered as any other license', async () => {
    const comp = await byHand('comp: reviews the plugin');
    expect(comp).toMatchObject({ status: 'active', gumroad_order_id: null, notes: 'comp: reviews the plugin' });
    expect(await found()).toEqual([expect.objectContaining({ license_key: comp.license_key, notes: comp.notes })]);
    const told = (await app.events(LicenseIssued)).map((e) => e.data);
    expect(told).toEqual([{ license_key: comp.license_key, tier: 'pro', order: null }]);
    const [logged] = await app.database.query<{ notes: string }>(
      'SELECT notes, requested_by FROM license_issuance WHERE license_key = $1 AND completed_at IS NOT NULL',
      [comp.license_key],
    );
    expect(logged).toMatchObject({ notes: comp.notes });
  });

  it('D-manual D-revoke: a replacement ends when the old one ends; the old one goes and its row stays', async () => {
    const [old] = await found();
    const replacement = await byHand(`replaces ${old!.license_key}: key leaked`, {
      years: undefined,
      expires_at: old!.expires_at,
    });
    await app.ask(RevokeLicense, { license_key: old!.license_key, reason: `replaced by ${replacement.license_key}` });
    expect(replacement).toMatchObject({ tier: old!.tier, expires_at: old!.expires_at });
    const after = Object.fromEntries((await found()).map((l) => [l.license_key, l.status]));
    expect(after).toEqual({ [old!.license_key]: 'revoked', [replacement.license_key]: 'active' });
  });

  it('D-manual: two comps for one person are two licenses; only an order or an idempotency key makes them one', async () => {
    const [one, other] = [await byHand('comp'), await byHand('comp')];
    expect(one.license_key).not.toBe(other.license_key);
    const key = { idempotency_key: 'pressed-twice' };
    expect((await byHand('comp', key)).license_key).toBe((await byHand('comp', key)).license_key);
  });
});
