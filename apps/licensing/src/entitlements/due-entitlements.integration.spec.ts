import { Unavailable } from '#contracts';
import { LicensingApp } from '../../test/licensing-app.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import { DueEntitlementsService } from './due-entitlements.service.js';
import { EntitlementsRepository } from './entitlements.repository.js';
import { EntitlementsService } from './entitlements.service.js';

/** More than one statement marks. */
const PEOPLE = 5_003;

let app: LicensingApp;
beforeEach(async () => {
  app = await LicensingApp.start();
});
afterEach(() => app.stop());

const dueNow = async (): Promise<number> =>
  (await app.database.query<{ n: number }>('SELECT count(*)::int AS n FROM entitlements WHERE due_at <= now()'))[0]!.n;

describe('entitlements that other plans have decided', () => {
  it('F-plan-change: are all due after a start, and none that these plans have decided', async () => {
    await app.database.query(
      `INSERT INTO entitlements (user_id, plan, features, plans, due_at, updated_at)
       SELECT uuidv7(), 'free', '{}', CASE WHEN n <= $1 THEN 'others' ELSE $2 END,
         CASE WHEN n % 2 = 0 THEN now() + interval '1 day' END, now() FROM generate_series(1, $1 + 10) AS n`,
      [PEOPLE, app.get(PlanCatalog).digest],
    );
    await app.get(DueEntitlementsService).begin();
    expect(await dueNow()).toBe(PEOPLE);
  });

  it('F-plan-change: are decided by these plans then', async () => {
    await app.database.query(
      `INSERT INTO entitlements (user_id, plan, features, plans, updated_at) VALUES (uuidv7(), 'pro', '{}', 'others', now())`,
    );
    await app.get(DueEntitlementsService).begin();
    await app.sweep();
    const { digest: plans } = app.get(PlanCatalog);
    expect(await app.database.query('SELECT plan, plans FROM entitlements')).toEqual([{ plan: 'free', plans }]);
  });
});

it('F-plan-change: a hundred whose entitlement cannot be decided hold up nobody who is due after them', async () => {
  await app.database.query(
    `INSERT INTO entitlements (user_id, plan, features, plans, due_at, updated_at)
     SELECT uuidv7(), 'pro', '{}', $1, now() - n * interval '1 minute', now() FROM generate_series(1, 120) AS n`,
    [app.get(PlanCatalog).digest],
  );
  const [last] = await app.database.query<{ user_id: string }>(
    'SELECT user_id FROM entitlements ORDER BY due_at DESC LIMIT 1',
  );
  const service = app.get(EntitlementsService);
  const recompute = service.recomputeKept.bind(service);
  jest
    .spyOn(service, 'recomputeKept')
    .mockImplementation((userId) => (userId === last!.user_id ? recompute(userId) : Promise.reject(new Error('no'))));
  await app.sweep();
  const decided = await app.database.query(`SELECT user_id FROM entitlements WHERE plan = 'free'`);
  expect(decided).toEqual([last]);
  expect(service.recomputeKept).toHaveBeenCalledTimes(120);
});

it('R-GD2: who is erased after a sweep has begun is not written down again by it', async () => {
  await app.database.query(
    `INSERT INTO entitlements (user_id, plan, features, plans, due_at, updated_at) VALUES (uuidv7(), 'pro', '{}', $1, now(), now())`,
    [app.get(PlanCatalog).digest],
  );
  const repository = app.get(EntitlementsRepository);
  const due = repository.due.bind(repository);
  jest.spyOn(repository, 'due').mockImplementationOnce(async (limit) => {
    const found = await due(limit);
    await app.database.query('DELETE FROM entitlements');
    return found;
  });
  await app.sweep();
  expect(await app.database.query('SELECT 1 FROM entitlements')).toEqual([]);
});

it('F-plan-change: while the database takes nothing a sweep ends with the first who fails', async () => {
  await app.database.query(
    `INSERT INTO entitlements (user_id, plan, features, plans, due_at, updated_at)
     SELECT uuidv7(), 'pro', '{}', $1, now(), now() FROM generate_series(1, 3)`,
    [app.get(PlanCatalog).digest],
  );
  const recompute = jest.spyOn(app.get(EntitlementsService), 'recomputeKept').mockRejectedValue(Unavailable.with());
  await expect(app.sweep()).rejects.toMatchObject({ code: 'unavailable' });
  expect(recompute).toHaveBeenCalledTimes(1);
});
