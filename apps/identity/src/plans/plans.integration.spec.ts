import { connectAs } from '#bus';
import { EntitlementChanged, eventSubject, PlanApplied, ReadMe, type EntitlementChangedData } from '#contracts';
import { newId } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp } from '../../test/identity-app.js';
import { PlansService } from './plans.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const changeOf = (user_id: string, version: number, plan = 'pro'): EntitlementChangedData => ({
  user_id,
  plan,
  features: ['export'],
  expires_at: '2031-01-02T03:04:05.000Z',
  version,
});
const apply = (change: EntitlementChangedData) => app.transactions.run(() => app.get(PlansService).apply(change));

describe('a plan change', () => {
  it('F-plan-change: older and repeated news change nothing and are not told again', async () => {
    const issued = await app.register();
    const { id } = issued.tokens.user;
    for (const [version, plan] of [
      [3, 'team'],
      [2, 'lite'],
      [3, 'free'],
    ] as const)
      await apply(changeOf(id, version, plan));
    await expect(app.ask(ReadMe, {}, { actor: actorOf(issued) })).resolves.toMatchObject({ plan: 'team' });
    expect((await app.events(PlanApplied, id)).map((e) => e.version)).toEqual([3]);
  });

  it('F-plan-change: of 20 versions that come at once and in any order the newest stays', async () => {
    const issued = await app.register();
    const { id } = issued.tokens.user;
    const versions = Array.from({ length: 20 }, (_, i) => i + 1).sort((a, b) => (a % 7) - (b % 7));
    await Promise.all(versions.map((v) => apply(changeOf(id, v, v === 20 ? 'enterprise' : 'lite'))));
    await expect(app.ask(ReadMe, {}, { actor: actorOf(issued) })).resolves.toMatchObject({ plan: 'enterprise' });
  });

  it('F-plan-change: a person that is not there is skipped', async () => {
    const id = newId();
    await apply(changeOf(id, 1));
    expect(await app.events(PlanApplied, id)).toEqual([]);
  });

  it('F-plan-change A-refresh: once it is told, the next refresh carries the new plan and a new license token', async () => {
    const issued = await app.register();
    const { id } = issued.tokens.user;
    const before = await app.refresh(issued.tokens.refresh_token);
    const nc = await connectAs('licensing', { url: app.broker.url, seedFile: app.broker.seedFile('licensing') });
    const data = changeOf(id, 1);
    app.licensing.version = 1;
    nc.publish(eventSubject(EntitlementChanged), JSON.stringify(data));
    await nc.flush();
    const told = await eventually('the applied plan', 30_000, async () => (await app.events(PlanApplied, id))[0]);
    expect(told).toEqual(data);
    const after = await app.refresh(before.tokens.refresh_token);
    expect(after.tokens.user).toMatchObject({ plan: 'pro', plan_expires_at: data.expires_at });
    expect(after.tokens.license_token).not.toBe(before.tokens.license_token);
    await nc.close();
  });
});
