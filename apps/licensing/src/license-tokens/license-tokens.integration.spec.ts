import { ChangePlan, IssueLicenseToken, ReadEntitlement, SignToken, type Plan } from '#contracts';
import { newId } from '#persistence';
import { claimsIn } from '../../test/neighbours.js';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());

const MONTH = 30 * 86_400;
const issue = (user_id: string, ttl = MONTH) => app.ask(IssueLicenseToken, { user_id, ttl });
const change = (user_id: string, plan: Plan, days?: number) => {
  const now = app.clock.now().getTime();
  const expires_at = days === undefined ? null : new Date(now + days * DAY).toISOString();
  const effective_at = new Date(now).toISOString();
  return app.ask(ChangePlan, { event_id: newId(), user_id, plan, effective_at, expires_at });
};

describe('license token', () => {
  it('A-token.license: 50 parallel questions share one token', async () => {
    const user_id = newId();
    await change(user_id, 'pro');
    const signed = app.neighbours.signedTokens.length;
    const answers = await parallel(50, () => issue(user_id));
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(app.neighbours.signedTokens.length - signed).toBe(1);
  });

  it('A-token.license J6: says plan, features and offline days, and nothing personal', async () => {
    const user_id = newId();
    await change(user_id, 'enterprise');
    const issued = await issue(user_id, 3 * MONTH);
    const claims = claimsIn(issued.license_token);
    expect(Object.keys(claims).sort()).toEqual([
      'aud',
      'exp',
      'features',
      'iat',
      'iss',
      'jti',
      'max_offline_days',
      'plan',
      'sub',
    ]);
    expect(claims).toMatchObject({
      iss: 'https://accounts.example.test',
      aud: 'gatehouse-license',
      sub: user_id,
      plan: 'enterprise',
      max_offline_days: 90,
    });
    expect((claims.exp as number) - (claims.iat as number)).toBe(3 * MONTH);
    expect(issued).toMatchObject({ version: 1, expires_at: new Date((claims.exp as number) * 1000).toISOString() });
  });

  it('A-token.license A-offline: the one beside the entitlement lasts as long as the plan lets its holder stay offline', async () => {
    const user_id = newId();
    await change(user_id, 'enterprise');
    const claims = claimsIn((await app.ask(ReadEntitlement, {}, { user_id })).license_token!);
    expect((claims.exp as number) - (claims.iat as number)).toBe(90 * 86_400);
    expect(claims.max_offline_days).toBe(90);
  });

  it('A-token.license: never outlives the plan that it states', async () => {
    const user_id = newId();
    await change(user_id, 'pro', 7);
    const claims = claimsIn((await issue(user_id)).license_token);
    expect((claims.exp as number) - (claims.iat as number)).toBeLessThanOrEqual(7 * 86_400);
  });

  it('A-token.license: the stored one is handed out while it says the same and is under a day old', async () => {
    const user_id = newId();
    const first = await issue(user_id);
    expect(await issue(user_id)).toEqual(first);
    expect((await app.ask(ReadEntitlement, {}, { user_id })).license_token).toBe(first.license_token);
    await change(user_id, 'free');
    expect(await issue(user_id)).toEqual(first);
    app.clock.skip(DAY);
    const second = await issue(user_id);
    expect(second.license_token).not.toBe(first.license_token);
    await change(user_id, 'core');
    const third = await issue(user_id);
    expect([second.version, third.version]).toEqual([0, 1]);
    expect(claimsIn(third.license_token).plan).toBe('core');
  });

  it('A-token.license: one that is over is signed again, though it says the same and is under a day old', async () => {
    const user_id = newId();
    const first = await issue(user_id, 60);
    app.clock.skip(61_000);
    const answers = await parallel(5, () => issue(user_id, 60));
    expect(new Set(answers.map((a) => a.license_token)).size).toBe(1);
    expect(answers[0]!.license_token).not.toBe(first.license_token);
    expect(Date.parse(answers[0]!.expires_at)).toBeGreaterThan(app.clock.now().getTime());
  });

  it('A-token.license: clients with another lifetime have another token', async () => {
    const user_id = newId();
    const [short, long] = [await issue(user_id, 3_600), await issue(user_id, MONTH)];
    expect(short.license_token).not.toBe(long.license_token);
    expect(await issue(user_id, 3_600)).toEqual(short);
  });

  it('A-token.license: a token signed before a change never replaces the one signed after it', async () => {
    const user_id = newId();
    await change(user_id, 'core');
    const { beforeAnswer } = app.neighbours;
    let overtaken = false;
    app.neighbours.beforeAnswer = async () => {
      if (overtaken) return;
      overtaken = true;
      await change(user_id, 'team');
      await issue(user_id);
    };
    const slow = await issue(user_id);
    app.neighbours.beforeAnswer = beforeAnswer;
    expect(claimsIn(slow.license_token).plan).toBe('team');
    expect(await issue(user_id)).toEqual(slow);
  });

  it('REL9: without the keys the stored token goes on being handed out, a new one is refused', async () => {
    const [known, unknown] = [newId(), newId()];
    const stored = await issue(known);
    app.neighbours.away.add(SignToken.name);
    expect(await issue(known)).toEqual(stored);
    expect(await refusal(issue(unknown))).toEqual({ code: 'unavailable' });
    app.neighbours.away.clear();
    expect((await issue(unknown)).version).toBe(0);
  });
});
