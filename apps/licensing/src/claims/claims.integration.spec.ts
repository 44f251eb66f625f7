import { randomUUID } from 'node:crypto';
import {
  BridgeAccount,
  ChangePlan,
  ClaimRenpy,
  EntitlementChanged,
  EntitlementChecked,
  LicenseClaimed,
  ReadEntitlement,
  type ClaimRenpyRequest,
} from '#contracts';
import { newId } from '#persistence';
import { claimsIn } from '../../test/neighbours.js';
import { DAY, LicensingApp, parallel, refusal } from '../../test/licensing-app.js';

let app: LicensingApp;
beforeAll(async () => {
  app = await LicensingApp.start();
});
afterAll(() => app.stop());
afterEach(() => app.neighbours.away.clear());

const person = (): string => {
  const id = newId();
  app.neighbours.addresses.set(id, `${id}@example.test`);
  return id;
};
const claim = (user_id: string, request: ClaimRenpyRequest = {}) => app.ask(ClaimRenpy, request, { user_id });
const of = async <T>(events: Promise<{ data: { user_id: string } & T }[]>, user_id: string) =>
  (await events).filter((e) => e.data.user_id === user_id).map((e) => e.data);

describe('claim', () => {
  it('J7: 50 parallel first claims end in one grant, one license token and the same answer for all', async () => {
    const user_id = person();
    const signed = app.neighbours.signedTokens.length;
    const answers = await parallel(50, () => claim(user_id));
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(answers[0]).toMatchObject({ plan: 'renpy_free', status: 'registered_free', max_offline_days: 30 });
    expect(await app.database.query('SELECT 1 FROM grants WHERE user_id = $1', [user_id])).toHaveLength(1);
    expect(await app.database.query('SELECT token FROM license_tokens WHERE user_id = $1', [user_id])).toEqual([
      { token: answers[0]!.license_token },
    ]);
    expect(await of(app.events(LicenseClaimed), user_id)).toEqual([{ user_id, plan: 'renpy_free' }]);
    expect(await of(app.events(EntitlementChanged), user_id)).toMatchObject([{ version: 1 }]);
    expect(app.neighbours.signedTokens.length - signed).toBe(1);
  });

  it('J7: 50 parallel first claims of a legacy account make one account and one grant', async () => {
    const sub = randomUUID();
    const answers = await parallel(50, () => claim(sub));
    const user_id = app.neighbours.bridged.get(sub)!;
    expect(user_id).not.toBe(sub);
    expect(new Set(answers.map((a) => claimsIn(a.license_token).sub))).toEqual(new Set([user_id]));
    expect(await app.database.query('SELECT 1 FROM grants WHERE user_id IN ($1, $2)', [user_id, sub])).toHaveLength(1);
  });

  it.each([
    ['a UUID', randomUUID()],
    ['a number', '4711'],
    ['a name', 'cli:ada lovelace'],
  ])(
    'A-identity.bridge: a legacy account whose sub is %s is bridged once, and reads as the account it became',
    async (_, sub) => {
      await claim(sub);
      app.neighbours.away.add(BridgeAccount.name);
      expect((await claim(sub)).plan).toBe('renpy_free');
      const read = await app.ask(ReadEntitlement, {}, { user_id: sub });
      expect(read.plan).toBe('renpy_free');
      expect(claimsIn(read.license_token).sub).toBe(app.neighbours.bridged.get(sub));
    },
  );

  it('A-claim: a claim while identity is away is refused and leaves nothing; the next one succeeds', async () => {
    const user_id = person();
    app.neighbours.away.add(BridgeAccount.name);
    expect(await refusal(claim(user_id))).toEqual({ code: 'unavailable' });
    expect(await app.database.query('SELECT 1 FROM grants WHERE user_id = $1', [user_id])).toEqual([]);
    app.neighbours.away.clear();
    expect((await claim(user_id)).plan).toBe('renpy_free');
  });

  it('A-claim: a claim that lost its token to an outage of the keys is finished by the next one', async () => {
    const user_id = person();
    app.neighbours.away.add('secrets.token.sign');
    expect(await refusal(claim(user_id))).toEqual({ code: 'unavailable' });
    app.neighbours.away.clear();
    expect((await claim(user_id)).license_token).toEqual(expect.any(String));
    expect(await of(app.events(LicenseClaimed), user_id)).toHaveLength(1);
  });

  it('A-claim: never lowers a paid plan, also when both come at once', async () => {
    const user_id = person();
    const change = { event_id: newId(), user_id, plan: 'pro' as const, effective_at: '2025-01-01T00:00:00Z' };
    await Promise.all([app.ask(ChangePlan, change), ...(await parallel(10, async () => claim(user_id)))]);
    const answer = await claim(user_id);
    expect(answer).toMatchObject({ plan: 'pro', status: 'licensed' });
    expect(claimsIn(answer.license_token).plan).toBe('pro');
    const versions = (await of(app.events(EntitlementChanged), user_id)).map((e) => e.version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
    expect((await of(app.events(EntitlementChanged), user_id)).at(-1)).toMatchObject({ plan: 'pro' });
  });

  it('A-claim: stores the first evidence that is shown, byte for byte, up to 16 KiB', async () => {
    const user_id = person();
    const stored = async () => {
      const sql = 'SELECT evidence::text AS text FROM claims WHERE user_id = $1';
      return (await app.database.query<{ text: string | null }>(sql, [user_id]))[0]?.text;
    };
    const evidence = { projects: ['a\u0000b', 'ü', '\ud800'], filler: '' };
    evidence.filler = 'x'.repeat(16_384 - Buffer.byteLength(JSON.stringify(evidence)));
    await claim(user_id);
    expect(await stored()).toBeNull();
    expect(await refusal(claim(user_id, { evidence: { ...evidence, filler: `${evidence.filler}x` } }))).toEqual({
      code: 'validation_failed',
      fields: ['evidence'],
    });
    await claim(user_id, { evidence });
    await claim(user_id, { evidence: { other: true } });
    expect(await stored()).toBe(JSON.stringify(evidence));
  });

  it.each([
    ['a text', 'sha256:ab12'],
    ['a list', [1, { a: null }]],
    ['a number', 7],
    ['a flag', false],
  ])('A-claim: takes whatever is shown, %s as well', async (_, evidence) => {
    const user_id = person();
    expect(await claim(user_id, { evidence })).toMatchObject({ plan: 'renpy_free' });
    const sql = 'SELECT evidence FROM claims WHERE user_id = $1';
    expect(await app.database.query(sql, [user_id])).toEqual([{ evidence }]);
  });

  it('A-claim: evidence that is null is none', async () => {
    const user_id = person();
    expect(await claim(user_id, { evidence: null })).toMatchObject({ plan: 'renpy_free' });
    const sql = 'SELECT evidence::text AS evidence FROM claims WHERE user_id = $1';
    expect(await app.database.query(sql, [user_id])).toEqual([{ evidence: null }]);
  });

  it('refuses a caller that is no person', async () => {
    expect(await refusal(app.ask(ClaimRenpy, {}, { caller: 'billing' }))).toEqual({ code: 'unauthenticated' });
    expect(await refusal(app.ask(ReadEntitlement, {}, { caller: 'billing' }))).toEqual({ code: 'unauthenticated' });
  });
});

describe('license/me', () => {
  it('A-entitlements A-user-states: somebody unknown has the plan free, without a row or a change', async () => {
    const user_id = person();
    const answer = await app.ask(ReadEntitlement, {}, { user_id });
    expect(answer).toMatchObject({
      plan: 'free',
      features: [],
      status: 'unregistered',
      expires_at: null,
      licenses: [],
    });
    expect(await app.database.query('SELECT 1 FROM entitlements WHERE user_id = $1', [user_id])).toEqual([]);
    expect(await of(app.events(EntitlementChanged), user_id)).toEqual([]);
  });

  it('A-events: every question is told as an entitlement check', async () => {
    const user_id = person();
    await parallel(3, () => app.ask(ReadEntitlement, {}, { user_id }));
    expect(await of(app.events(EntitlementChecked), user_id)).toEqual(Array(3).fill({ user_id, plan: 'free' }));
  });

  it('A-entitlements: a lapsed plan reads as lapsed at once, and the others are told then', async () => {
    const user_id = person();
    const now = app.clock.now().getTime();
    const times = { effective_at: new Date(now - DAY).toISOString(), expires_at: new Date(now + DAY).toISOString() };
    await app.ask(ChangePlan, { event_id: newId(), user_id, plan: 'team', ...times });
    expect(await app.ask(ReadEntitlement, {}, { user_id })).toMatchObject({
      plan: 'team',
      expires_at: times.expires_at,
    });
    app.clock.skip(DAY);
    const answers = await parallel(20, () => app.ask(ReadEntitlement, {}, { user_id }));
    expect(new Set(answers.map((a) => `${a.plan} ${a.status} ${a.license_token}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ plan: 'free', status: 'expired', expires_at: null });
    expect((await of(app.events(EntitlementChanged), user_id)).map((e) => `${e.version} ${e.plan}`)).toEqual([
      '1 team',
      '2 free',
    ]);
  });
});
