import {
  MintLicense,
  RestoreLicense,
  RevokeLicense,
  SuspendLicense,
  ValidateLicense,
  type LicenseRecord,
  type ValidateLicenseRequest,
} from '#contracts';
import { DAY, LicensingApp, refusal } from '../../test/licensing-app.js';
import { altered } from '../../../../test/support/altered.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

let orders = 0;
const mint = (): Promise<LicenseRecord> =>
  app.ask(MintLicense, {
    ...{ name: 'Grace Hopper', email: 'grace@example.test', tier: 'pro', years: 1, order: `validated-${++orders}` },
  } as never);
const validate = (request: ValidateLicenseRequest) => app.ask(ValidateLicense, request);
const codes = async ({ license_key, blob }: LicenseRecord) => [
  (await validate({ license_key })).code,
  (await validate({ blob })).code,
];

describe('license/validate', () => {
  it('D-no-phone-home: tells tier, features and dates by key or by file, and nothing of the person', async () => {
    const license = await mint();
    const byKey = await validate({ license_key: ` ${license.license_key.toLowerCase()} ` });
    expect(byKey).toEqual({
      valid: true,
      code: 'VALID',
      detail: expect.any(String),
      license: {
        license_key: license.license_key,
        tier: 'pro',
        features: expect.any(Array),
        issued_at: license.issued_at,
        expires_at: license.expires_at,
        status: 'active',
      },
    });
    expect(await validate({ blob: `${license.blob}\n` })).toEqual(byKey);
    expect(JSON.stringify(byKey)).not.toMatch(/Grace|grace/);
  });

  it('A-user-states: follows suspension, restoration, revocation and time', async () => {
    const license = await mint();
    const order = { gumroad_order_id: license.gumroad_order_id! };
    await app.ask(SuspendLicense, { ...order, reason: 'dispute' });
    expect(await codes(license)).toEqual(['SUSPENDED', 'SUSPENDED']);
    await app.ask(RestoreLicense, order);
    expect(await codes(license)).toEqual(['VALID', 'VALID']);
    await app.ask(RevokeLicense, { license_key: license.license_key });
    expect(await codes(license)).toEqual(['REVOKED', 'REVOKED']);
    const other = await mint();
    app.clock.skip(366 * DAY);
    expect(await codes(other)).toEqual(['EXPIRED', 'EXPIRED']);
    app.clock.skip(-366 * DAY);
  });

  it('LIC10: a license for one product is refused by another', async () => {
    const { license_key, blob } = await mint();
    expect((await validate({ license_key, product: 'other' })).code).toBe('WRONG_PRODUCT');
    expect((await validate({ blob, product: 'other' })).code).toBe('WRONG_PRODUCT');
    expect((await validate({ blob, product: 'datatools' })).code).toBe('VALID');
  });

  it('LIC2: what is changed or made up is not valid', async () => {
    const { blob } = await mint();
    expect(['BAD_SIGNATURE', 'MALFORMED']).toContain((await validate({ blob: altered(blob) })).code);
    expect((await validate({ blob: 'DTLIC1:abc.def' })).code).toBe('MALFORMED');
    expect((await validate({ license_key: 'DT1-PRO-0000-0000' })).code).toBe('UNKNOWN_KEY');
    expect((await validate({ license_key: 'what is this' })).code).toBe('UNKNOWN_KEY');
  });

  it('takes a key or a file, and not both', async () => {
    const { license_key, blob } = await mint();
    for (const bad of [{}, { license_key, blob }]) {
      expect(await refusal(validate(bad))).toMatchObject({ code: 'validation_failed' });
    }
  });
});
