import {
  GrantRenewal,
  LicenseBlobChanged,
  MintLicense,
  ReadLicense,
  RenewLicense,
  RevokeLicense,
  SetLicenseTerms,
  SuspendLicense,
  UseRenewal,
  WithdrawRenewal,
  type LicenseRecord,
  type Tier,
} from '#contracts';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

const EMAIL = 'ada@example.test';
let orders = 0;
const next = () => `sold-${(orders += 1)}`;
const mint = (order = next()) =>
  app.ask(MintLicense, { name: 'Ada', email: EMAIL, tier: 'core' as const, years: 1, order });
const read = ({ license_key }: LicenseRecord) => app.ask(ReadLicense, { license_key });
const later = (time: string, days: number) => new Date(Date.parse(time) + days * DAY).toISOString();
const set = (license: LicenseRecord, expires_at: string, tier: Tier = 'core') =>
  app.ask(SetLicenseTerms, { order: license.gumroad_order_id!, tier, expires_at });
const told = async ({ license_key }: LicenseRecord) =>
  (await app.events(LicenseBlobChanged)).filter((e) => e.data.license_key === license_key).map((e) => e.data);

describe('terms that follow what was sold', () => {
  it('G8 LIC12: a paid period extends the license by a new blob with its row in the log; the same again does nothing', async () => {
    const license = await mint();
    const until = later(license.expires_at, 30);
    const answers = await parallel(5, () => set(license, until));
    expect(new Set(answers.map((a) => a.expires_at))).toEqual(new Set([until]));
    const after = await set(license, until);
    expect(after).toMatchObject({ license_key: license.license_key, name: 'Ada', tier: 'core', status: 'active' });
    expect(after.blob).not.toBe(license.blob);
    const blobs = await told(license);
    expect(blobs).toMatchObject([{ reason: 'renewed', mail: true }]);
    const log = await app.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM license_issuance i JOIN licenses l USING (license_key)
       WHERE i.id = $1 AND i.completed_at IS NOT NULL AND i.expires_at = l.expires_at AND i.purpose = 'terms'`,
      [blobs[0]!.issuance_id],
    );
    expect(log).toEqual([{ n: 1 }]);
  });

  it('G9: an earlier end takes effect without a mail, also one that is past, and a later one restores', async () => {
    const license = await mint();
    expect(await set(license, later(license.expires_at, -30))).toMatchObject({ status: 'active' });
    app.clock.skip(2 * DAY);
    const ended = await set(license, later(license.issued_at, 1));
    expect(ended).toMatchObject({ status: 'expired', expires_at: later(license.issued_at, 1) });
    expect(await set(license, license.expires_at)).toMatchObject({ status: 'active', expires_at: license.expires_at });
    expect((await told(license)).map((b) => b.mail)).toEqual([false, false, true]);
  });

  it('G9: what ended before it was issued is over at once', async () => {
    const license = await mint();
    const { expires_at } = await set(license, later(license.issued_at, -1));
    expect(Date.parse(expires_at) - Date.parse(license.issued_at)).toBe(1_000);
  });

  it('A-entitlements: an up- and a downgrade change the tier and what is signed into the blob', async () => {
    const license = await mint();
    expect(await set(license, license.expires_at, 'pro')).toMatchObject({
      tier: 'pro',
      license_key: license.license_key,
    });
    expect(app.neighbours.signedBlobs.at(-1)).toMatchObject({
      tier: 'pro',
      feat: { list: expect.arrayContaining(['renpy.ai']) },
    });
    expect(await set(license, license.expires_at, 'lite')).toMatchObject({ tier: 'lite' });
    expect((await told(license)).map((b) => [b.reason, b.mail])).toEqual([
      ['changed', true],
      ['changed', true],
    ]);
  });

  it('D-renew: what a renewal gave on top of the sales stays on top', async () => {
    const license = await mint();
    await app.ask(GrantRenewal, { license_key: license.license_key, order: next(), years: 1 });
    const renewed = await app.ask(RenewLicense, { license_key: license.license_key, email: EMAIL });
    const extended = await set(license, later(license.expires_at, 31));
    expect(extended.expires_at).toBe(later(renewed.expires_at, 31));
    expect((await set(license, license.expires_at)).expires_at).toBe(renewed.expires_at);
  });

  it('LIC12: is gone on with when the signature was lost, and refused for one that is revoked or was never sold', async () => {
    const license = await mint();
    app.neighbours.away.add('secrets.blob.sign');
    expect((await refusal(set(license, later(license.expires_at, 30)))).code).toBe('unavailable');
    app.neighbours.away.clear();
    expect((await read(license)).expires_at).toBe(license.expires_at);
    expect((await set(license, later(license.expires_at, 30))).expires_at).toBe(later(license.expires_at, 30));
    await app.ask(RevokeLicense, { license_key: license.license_key });
    expect((await refusal(set(license, license.expires_at))).code).toBe('license_revoked');
    expect((await refusal(set({ ...license, gumroad_order_id: 'nobodys' }, license.expires_at))).code).toBe(
      'not_found',
    );
  });
});

describe('renewals that are sold one by one', () => {
  const pay = async ({ license_key }: LicenseRecord, order = next()) => {
    await app.ask(GrantRenewal, { license_key, order, years: 1 });
    return order;
  };
  const yearLater = (time: string, years = 1) => `${Number(time.slice(0, 4)) + years}${time.slice(4)}`;

  it('P7 G8: every paid order renews once, however often and however fast it is used', async () => {
    const license = await mint();
    const [one, two] = [await pay(license), await pay(license)];
    await parallel(4, (i) => app.ask(UseRenewal, { order: i % 2 ? one : two }));
    expect((await read(license)).expires_at).toBe(yearLater(license.expires_at, 2));
    await app.ask(UseRenewal, { order: one });
    expect((await read(license)).expires_at).toBe(yearLater(license.expires_at, 2));
    expect((await told(license)).map((b) => b.mail)).toEqual([true, true]);
  });

  it('D-renew: the refund of one renewal takes back its years alone, once; paid again it renews again', async () => {
    const license = await mint();
    const order = await pay(license);
    await app.ask(UseRenewal, { order });
    await parallel(3, () => app.ask(WithdrawRenewal, { order }));
    expect(await read(license)).toMatchObject({ status: 'active', expires_at: license.expires_at });
    await app.ask(UseRenewal, { order });
    expect((await read(license)).expires_at).toBe(license.expires_at);
    await pay(license, order);
    expect((await app.ask(UseRenewal, { order })).expires_at).toBe(yearLater(license.expires_at));
  });

  it('P8: a renewal that is refunded before it is used renews nothing', async () => {
    const license = await mint();
    const order = await pay(license);
    await app.ask(WithdrawRenewal, { order });
    const renew = app.ask(RenewLicense, { license_key: license.license_key, email: EMAIL });
    expect((await refusal(renew)).code).toBe('renewal_not_paid');
    expect((await refusal(app.ask(WithdrawRenewal, { order: 'nobodys' }))).code).toBe('not_found');
  });

  it('P6 D-revoke: neither a suspended nor a revoked license is renewed', async () => {
    const license = await mint();
    const order = await pay(license);
    await app.ask(SuspendLicense, { gumroad_order_id: license.gumroad_order_id!, reason: 'disputed' });
    expect((await refusal(app.ask(UseRenewal, { order }))).code).toBe('license_suspended');
    await app.ask(RevokeLicense, { license_key: license.license_key });
    expect((await refusal(app.ask(UseRenewal, { order }))).code).toBe('license_revoked');
    expect(await app.ask(WithdrawRenewal, { order })).toMatchObject({ status: 'revoked' });
  });
});
