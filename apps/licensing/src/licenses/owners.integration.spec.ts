import {
  EmailVerified,
  EntitlementChanged,
  LicenseIssued,
  LicenseStatusChanged,
  MintLicense,
  ReadEntitlement,
  RevokeLicense,
} from '#contracts';
import { newId } from '#persistence';
import { LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const mint = (email: string, tier: 'core' | 'pro' = 'pro') =>
  app.ask(MintLicense, { name: 'Alan Turing', email, tier, years: 1 });
const changes = async (user_id: string) =>
  (await app.events(EntitlementChanged)).filter((e) => e.data.user_id === user_id).map((e) => e.data);

describe('owners', () => {
  it('H6: the licenses of an address that is verified while they are issued are assigned once each', async () => {
    const user_id = newId();
    await parallel(6, () => mint('alan@example.test'));
    app.neighbours.owners.set('alan@example.test', user_id);
    app.neighbours.addresses.set(user_id, 'Alan@example.test');
    const issued = await app.events(LicenseIssued);
    await Promise.all([
      ...issued.map((e) => app.deliver(LicenseIssued, e.data, e.id)),
      ...issued.map((e) => app.deliver(LicenseIssued, e.data, e.id)),
      app.deliver(EmailVerified, { user_id }),
    ]);
    const rows = await app.database.query('SELECT DISTINCT user_id FROM licenses');
    expect(rows).toEqual([{ user_id }]);
    expect((await app.events(LicenseStatusChanged)).map((e) => e.data.change)).toEqual(Array(6).fill('assigned'));
    expect(await changes(user_id)).toMatchObject([{ plan: 'pro', version: 1 }]);
  });

  it('A-entitlements: a sale to a verified address gives its account the plan', async () => {
    const user_id = newId();
    app.neighbours.owners.set('alan@example.test', user_id);
    const license = await mint('ALAN@example.test');
    await app.deliverOwn(LicenseIssued);
    const entitlement = await app.ask(ReadEntitlement, {}, { user_id });
    expect(entitlement).toMatchObject({
      plan: 'pro',
      status: 'licensed',
      expires_at: license.expires_at,
      licenses: [{ license_key: license.license_key, tier: 'pro', status: 'active' }],
    });
  });

  it('leaves a license alone whose address nobody has verified', async () => {
    await mint('nobody@example.test');
    await app.deliverOwn(LicenseIssued);
    expect(await app.database.query('SELECT user_id FROM licenses')).toEqual([{ user_id: null }]);
    expect(await app.events(EntitlementChanged)).toEqual([]);
  });

  it('gives nothing to an account that has changed to an address it has not verified', async () => {
    const user_id = newId();
    await mint('victim@example.test');
    app.neighbours.addresses.set(user_id, 'victim@example.test');
    await app.deliver(EmailVerified, { user_id });
    expect(await app.database.query('SELECT user_id FROM licenses')).toEqual([{ user_id: null }]);
  });

  it('never takes a license from the account that has it', async () => {
    const [first, second] = [newId(), newId()];
    app.neighbours.owners.set('shared@example.test', first);
    await mint('shared@example.test');
    await app.deliverOwn(LicenseIssued);
    app.neighbours.owners.set('shared@example.test', second);
    app.neighbours.addresses.set(second, 'shared@example.test');
    await app.deliver(EmailVerified, { user_id: second });
    expect(await app.database.query('SELECT user_id FROM licenses')).toEqual([{ user_id: first }]);
  });

  it('handles the event again when identity was away', async () => {
    const user_id = newId();
    app.neighbours.owners.set('late@example.test', user_id);
    await mint('late@example.test');
    app.neighbours.away.add('identity.user.resolve_owner');
    expect(await refusal(app.deliverOwn(LicenseIssued))).toEqual({ code: 'unavailable' });
    app.neighbours.away.clear();
    await app.deliverOwn(LicenseIssued);
    expect(await changes(user_id)).toHaveLength(1);
  });

  it('a revoked license that finds its owner gives no plan', async () => {
    const user_id = newId();
    const { license_key } = await mint('ghost@example.test');
    await app.ask(RevokeLicense, { license_key });
    app.neighbours.owners.set('ghost@example.test', user_id);
    await app.deliverOwn(LicenseIssued);
    expect(await app.ask(ReadEntitlement, {}, { user_id })).toMatchObject({
      plan: 'free',
      licenses: [{ license_key, status: 'revoked' }],
    });
  });
});
