import {
  BillingPlanChanged,
  ChangePlan,
  EntitlementChanged,
  ReadEntitlement,
  type ChangePlanRequest,
  type Plan,
} from '#contracts';
import { newId } from '#persistence';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

const inDays = (days: number): string => new Date(app.clock.now().getTime() + days * DAY).toISOString();
const request = (user_id: string, plan: Plan, more: Partial<ChangePlanRequest> = {}): ChangePlanRequest => ({
  event_id: newId(),
  user_id,
  plan,
  effective_at: inDays(-1),
  ...more,
});
const told = async (user_id: string) =>
  (await app.events(EntitlementChanged)).filter((e) => e.data.user_id === user_id).map((e) => e.data);
const planOf = async (user_id: string) => (await app.ask(ReadEntitlement, {}, { user_id })).plan;

describe('plan changes', () => {
  it('F-producers F-plan-change: one event 50 times at once, over both ways in, has one effect', async () => {
    const user_id = newId();
    const change = request(user_id, 'pro');
    const answers = await parallel(50, async (i) =>
      i % 2 ? app.ask(ChangePlan, change) : app.deliver(BillingPlanChanged, change),
    );
    const commands = answers.filter((a) => a !== undefined);
    expect(commands.every((a) => a.event_id === change.event_id)).toBe(true);
    expect(commands.filter((a) => !a.duplicate).length).toBeLessThanOrEqual(1);
    expect(await app.database.query('SELECT 1 FROM grants WHERE event_id = $1', [change.event_id])).toHaveLength(1);
    expect(await told(user_id)).toMatchObject([{ plan: 'pro', version: 1 }]);
  });

  it('F-plan-change: 40 parallel changes of one person lose none, and versions grow one by one', async () => {
    const user_id = newId();
    const plans: Plan[] = ['lite', 'core', 'pro', 'team'];
    await parallel(40, (i) =>
      app.ask(ChangePlan, request(user_id, plans[i % 4]!, { effective_at: inDays(-41 + i), features: [`f${i}`] })),
    );
    const versions = (await told(user_id)).map((e) => e.version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
    expect((await told(user_id)).at(-1)).toMatchObject({ plan: 'team', features: ['f39'] });
    expect(await app.ask(ReadEntitlement, {}, { user_id })).toMatchObject({ plan: 'team', features: ['f39'] });
  });

  it('F-plan-change: an older effective_at that arrives late overrides nothing and tells nobody', async () => {
    const user_id = newId();
    await app.ask(ChangePlan, request(user_id, 'team', { effective_at: inDays(-1) }));
    await app.ask(ChangePlan, request(user_id, 'lite', { effective_at: inDays(-5) }));
    expect(await planOf(user_id)).toBe('team');
    expect(await told(user_id)).toHaveLength(1);
  });

  it('F-plan-change: the same event again, with other contents, changes nothing', async () => {
    const user_id = newId();
    const change = request(user_id, 'core');
    expect(await app.ask(ChangePlan, change)).toEqual({ event_id: change.event_id, duplicate: false });
    expect(await app.ask(ChangePlan, { ...change, plan: 'team' })).toEqual({
      event_id: change.event_id,
      duplicate: true,
    });
    expect(await planOf(user_id)).toBe('core');
  });

  it('F-plan-change: a change of tomorrow takes effect tomorrow, without anybody asking', async () => {
    const user_id = newId();
    await app.ask(ChangePlan, request(user_id, 'pro'));
    await app.ask(ChangePlan, request(user_id, 'team', { effective_at: inDays(1), expires_at: inDays(3) }));
    await app.sweep();
    expect(await told(user_id)).toMatchObject([{ plan: 'pro' }]);
    app.clock.skip(DAY);
    await parallel(5, () => app.sweep());
    expect(await told(user_id)).toMatchObject([{ plan: 'pro' }, { plan: 'team', version: 2 }]);
    app.clock.skip(2 * DAY);
    await parallel(5, () => app.sweep());
    expect(await told(user_id)).toMatchObject([{ plan: 'pro' }, { plan: 'team' }, { plan: 'free', version: 3 }]);
    expect(await planOf(user_id)).toBe('free');
  });

  it('F-plan-change: what one replica has decided is not taken back by another whose clock is a little behind', async () => {
    const user_id = newId();
    await app.ask(ChangePlan, request(user_id, 'pro', { expires_at: inDays(1) }));
    app.clock.skip(DAY);
    expect(await planOf(user_id)).toBe('free');
    app.clock.skip(-1_000);
    expect(await planOf(user_id)).toBe('free');
    await app.ask(ChangePlan, request(user_id, 'core', { effective_at: inDays(-2) }));
    app.clock.skip(1_000);
    expect(await told(user_id)).toMatchObject([{ plan: 'pro' }, { plan: 'free' }]);
  });

  it('F-plan-change: the sweep takes everybody who is due, however many', async () => {
    const people = Array.from({ length: 130 }, () => newId());
    const expires_at = inDays(1);
    for (let done = 0; done < people.length; done += 10) {
      await parallel(10, (i) => app.ask(ChangePlan, request(people[done + i]!, 'core', { expires_at })));
    }
    app.clock.skip(2 * DAY);
    await app.sweep();
    const left = await app.database.query(`SELECT 1 FROM entitlements WHERE plan = 'core' AND user_id = ANY($1)`, [
      people,
    ]);
    expect(left).toEqual([]);
  });

  it('F-plan-change: nobody is told of a change that changes nothing', async () => {
    const user_id = newId();
    await app.ask(ChangePlan, request(user_id, 'free'));
    expect(await told(user_id)).toEqual([]);
    await app.ask(ChangePlan, request(user_id, 'pro'));
    await app.ask(ChangePlan, request(user_id, 'pro', { effective_at: inDays(0) }));
    expect(await told(user_id)).toHaveLength(1);
  });

  it.each([
    ['an end before its beginning', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['a beginning that is no date', { effective_at: '2026-W05' }, 'effective_at'],
    ['a control character in a feature', { features: ['a\u0000'] }, 'features'],
    ['more features than a token can say', { features: Array.from({ length: 33 }, (_, i) => `f${i}`) }, 'features'],
    ['an empty feature', { features: [''] }, 'features'],
    ['a line break in the event id', { event_id: 'a\nb' }, 'event_id'],
    ['an unknown plan', { plan: 'gold' as Plan }, 'plan'],
  ])('F-plan-change: %s is refused', async (_, more, field) => {
    expect(await refusal(app.ask(ChangePlan, request(newId(), 'pro', more)))).toEqual({
      code: 'validation_failed',
      fields: [field],
    });
  });
});
