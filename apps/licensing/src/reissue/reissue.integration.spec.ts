import { LicenseBlobChanged, ListBlobHolders, MintLicense, ReadLicense, ReissueBlobs, RevokeLicense } from '#contracts';
import { LicensingApp, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

const mint = () => app.ask(MintLicense, { name: 'Ada', email: 'ada@example.test', tier: 'lite' as const, years: 1 });

it('LIC11 LIC12 D-rotation: who holds blobs of a key, and all of them signed anew with the new one', async () => {
  const licenses = [await mint(), await mint(), await mint()];
  const revoked = await mint();
  await app.ask(RevokeLicense, { license_key: revoked.license_key });
  expect(await refusal(app.ask(ReissueBlobs, { kid: 'k1' }))).toEqual({ code: 'validation_failed', fields: ['kid'] });

  app.neighbours.kid = 'k2';
  const first = await app.ask(ListBlobHolders, { kid: 'k1', limit: 3 });
  expect([first.total, first.holders.length]).toEqual([4, 3]);
  const rest = await app.ask(ListBlobHolders, { kid: 'k1', cursor: first.next_cursor! });
  expect([rest.holders.length, rest.next_cursor]).toEqual([1, null]);

  expect(await app.ask(ReissueBlobs, { kid: 'k1', limit: 2, mail: true })).toEqual({ reissued: 2, remaining: 1 });
  expect(await app.ask(ReissueBlobs, { kid: 'k1' })).toEqual({ reissued: 1, remaining: 0 });
  for (const before of licenses) {
    const after = await app.ask(ReadLicense, { license_key: before.license_key });
    expect(after.expires_at).toBe(before.expires_at);
    expect(after.blob).not.toBe(before.blob);
  }
  const told = await app.events(LicenseBlobChanged);
  expect(told.map((e) => [e.data.reason, e.data.mail])).toEqual([
    ['reissued', true],
    ['reissued', true],
    ['reissued', false],
  ]);
  expect(await app.ask(ListBlobHolders, { kid: 'k1' })).toMatchObject({
    total: 1,
    holders: [{ license_key: revoked.license_key, status: 'revoked' }],
  });
  const unlogged = `SELECT 1 FROM licenses l WHERE NOT EXISTS
    (SELECT 1 FROM license_issuance i WHERE i.license_key = l.license_key AND i.kid = l.kid AND i.completed_at IS NOT NULL)`;
  expect(await app.database.query(unlogged)).toEqual([]);
});
