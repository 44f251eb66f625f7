import {
  MintLicense,
  ReadRevocations,
  RestoreLicense,
  RevokeLicense,
  SignRevocationList,
  SuspendLicense,
  type LicenseRecord,
} from '#contracts';
import { verifyRevocations, type RevocationList } from '#license-format';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';
import { RevocationListsRepository } from './revocation-lists.repository.js';

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

let orders = 0;
const mint = (): Promise<LicenseRecord> =>
  app.ask(MintLicense, {
    ...{ name: 'Grace Hopper', email: 'grace@example.test', tier: 'core', years: 1, order: `listed-${++orders}` },
  } as never);

const read = async (): Promise<RevocationList> => {
  const { list } = await app.ask(ReadRevocations, {});
  const now = app.clock.now().getTime() / 1_000;
  const verdict = await verifyRevocations(list, [app.neighbours.blobKey], { now, product: 'datatools' });
  if (!verdict.valid) throw new Error(verdict.code);
  return verdict.list;
};

describe('the revocation list', () => {
  it('LIC8: is signed, has every license out of force, and a higher number whenever it says something else', async () => {
    expect(await read()).toMatchObject({ seq: 1, keys: [] });
    const [one, two] = [await mint(), await mint()];
    await app.ask(RevokeLicense, { license_key: one.license_key });
    await app.ask(SuspendLicense, { gumroad_order_id: two.gumroad_order_id!, reason: 'dispute' });
    const both = await read();
    expect(both).toMatchObject({ seq: 2, keys: [one.license_key, two.license_key].sort() });
    expect(await read()).toEqual(both);
    await app.ask(RestoreLicense, { gumroad_order_id: two.gumroad_order_id! });
    expect(await read()).toMatchObject({ seq: 3, keys: [one.license_key] });
  });

  it('is signed again before it grows old, and leaves out what has expired by itself', async () => {
    const { license_key } = await mint();
    await app.ask(RevokeLicense, { license_key });
    const first = await read();
    app.clock.skip(DAY / 2 + 60_000);
    const second = await read();
    expect(second).toMatchObject({ seq: first.seq + 1, keys: [license_key] });
    expect(second.next).toBeGreaterThan(first.next);
    app.clock.skip(366 * DAY);
    expect((await read()).keys).toEqual([]);
  });

  it('H8: fifty who ask at once get lists of which none is numbered twice', async () => {
    const { license_key } = await mint();
    await app.ask(RevokeLicense, { license_key });
    const lists = await parallel(50, () => app.ask(ReadRevocations, {}));
    expect(new Set(lists.map(({ list }) => list)).size).toBe(1);
    expect((await read()).seq).toBe(1);
  });

  it('LIC8 H8: a list that was begun before a revocation never follows one that has it', async () => {
    const lists = app.get(RevocationListsRepository);
    const newest = lists.newest.bind(lists);
    const { license_key } = await mint();
    jest.spyOn(lists, 'newest').mockImplementationOnce(async () => {
      await app.ask(RevokeLicense, { license_key });
      expect(await read()).toMatchObject({ seq: 1, keys: [license_key] });
      return newest();
    });
    expect(await read()).toMatchObject({ seq: 1, keys: [license_key] });
    expect(await app.database.query('SELECT seq FROM revocation_lists')).toHaveLength(1);
  });

  it('without the keyring the last list is still handed out, and none is made up', async () => {
    const before = await app.ask(ReadRevocations, {});
    app.neighbours.away.add(SignRevocationList.name);
    expect(await app.ask(ReadRevocations, {})).toEqual(before);
    const { license_key } = await mint();
    await app.ask(RevokeLicense, { license_key });
    expect(await refusal(app.ask(ReadRevocations, {}))).toMatchObject({ code: 'unavailable' });
  });
});
