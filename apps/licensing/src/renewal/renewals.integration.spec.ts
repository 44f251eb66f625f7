import {
  GrantRenewal,
  LicenseBlobChanged,
  ListBuyerLicenses,
  MintLicense,
  RenewLicense,
  RevokeLicense,
  type LicenseRecord,
} from '#contracts';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

const EMAIL = 'ada@example.test';
let orders = 0;
const order = () => `renewal-${(orders += 1)}`;
const mint = () => app.ask(MintLicense, { name: 'Ada', email: EMAIL, tier: 'pro' as const, years: 1 });
const renew = ({ license_key }: LicenseRecord, email = EMAIL) => app.ask(RenewLicense, { license_key, email });
const pay = ({ license_key }: LicenseRecord, years?: number) =>
  app.ask(GrantRenewal, { license_key, order: order(), ...(years ? { years } : {}) });
const yearLater = (time: string) => `${Number(time.slice(0, 4)) + 1}${time.slice(4)}`;

describe('renewals', () => {
  it('P8 D-renew: without a paid order a renewal is refused, with the address where one is made', async () => {
    const license = await mint();
    const refused = await renew(license).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'renewal_not_paid', kind: 'payment_required' });
    const { members } = (refused as { extras: { members: { checkout_url: string } } }).extras;
    expect(members.checkout_url).toBe(`https://gumroad.com/l/pro?license_key=${license.license_key}`);
  });

  it('P7 D-renew LIC12: keeps key, name, address and the remaining days; a new blob with its row in the log', async () => {
    const license = await mint();
    await pay(license);
    const renewed = await renew(license, EMAIL.toUpperCase());
    expect(renewed).toMatchObject({ license_key: license.license_key, name: 'Ada', email: EMAIL, tier: 'pro' });
    expect(renewed.expires_at).toBe(yearLater(license.expires_at));
    expect(renewed.blob).not.toBe(license.blob);
    const log = await app.database.query(
      `SELECT purpose, kid, completed_at IS NOT NULL AS done FROM license_issuance WHERE license_key = $1 ORDER BY id`,
      [license.license_key],
    );
    expect(log).toEqual([
      { purpose: 'mint', kid: 'k1', done: true },
      { purpose: 'renew', kid: 'k1', done: true },
    ]);
  });

  it('P7: pressed ten times at once it renews once, and a second paid order is not used up by it', async () => {
    const license = await mint();
    await pay(license);
    await pay(license);
    const answers = await parallel(10, () => renew(license));
    expect(new Set(answers.map((a) => a.blob)).size).toBe(1);
    expect((await renew(license)).blob).toBe(answers[0]!.blob);
    const told = (await app.events(LicenseBlobChanged)).filter((e) => e.data.license_key === license.license_key);
    expect(told).toMatchObject([{ data: { reason: 'renewed', mail: true } }]);
  });

  it('P7: a renewal whose signature was lost is gone on with, and gives the same terms', async () => {
    const license = await mint();
    await pay(license);
    app.neighbours.away.add('secrets.blob.sign');
    expect((await refusal(renew(license))).code).toBe('unavailable');
    app.neighbours.away.clear();
    expect((await renew(license)).expires_at).toBe(yearLater(license.expires_at));
  });

  it('D-renew: an expired license is renewed from today on', async () => {
    const license = await mint();
    app.clock.skip(400 * DAY);
    await pay(license, 2);
    const renewed = await renew(license);
    expect(new Date(renewed.expires_at).getUTCFullYear()).toBe(app.clock.now().getUTCFullYear() + 2);
    expect(renewed.status).toBe('active');
  });

  it('P6 D-renew D-revoke: a revoked license is not renewed, though it was paid for', async () => {
    const license = await mint();
    await pay(license);
    await app.ask(RevokeLicense, { license_key: license.license_key });
    expect((await refusal(renew(license))).code).toBe('license_revoked');
    expect((await refusal(pay(license))).code).toBe('license_revoked');
  });

  it('P8: an order renews one license, once', async () => {
    const [one, other] = [await mint(), await mint()];
    const paid = { license_key: one.license_key, order: order() };
    expect(await app.ask(GrantRenewal, paid)).toMatchObject({ used: false, years: 1 });
    expect(await refusal(app.ask(GrantRenewal, { ...paid, license_key: other.license_key }))).toEqual({
      code: 'validation_failed',
      fields: ['order'],
    });
    await renew(one);
    expect(await app.ask(GrantRenewal, paid)).toMatchObject({ used: true });
    app.clock.skip(2 * DAY);
    expect((await refusal(renew(one))).code).toBe('renewal_not_paid');
  });

  it('P3: the license of another buyer is not found', async () => {
    const license = await mint();
    expect((await refusal(renew(license, 'eve@example.test'))).code).toBe('not_found');
    const { licenses } = await app.ask(ListBuyerLicenses, { email: 'ADA@example.test' });
    expect(licenses.map((l) => l.license_key)).toContain(license.license_key);
    expect(await app.ask(ListBuyerLicenses, { email: 'eve@example.test' })).toEqual({ licenses: [] });
  });
});
