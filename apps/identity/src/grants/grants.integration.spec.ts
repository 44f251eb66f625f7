import { randomUUID } from 'node:crypto';
import { ConfirmPassword, GrantInvalid, Login, PasswordRefused, RedeemGrant, type IssuedTokens } from '#contracts';
import { actorOf, IdentityApp, outcome, parallel, PASSWORD } from '../../test/identity-app.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const action = 'stream.reveal' as const;
const confirm = (who: IssuedTokens, record: string, password = PASSWORD) =>
  app.ask(ConfirmPassword, { password, action, record }, { actor: actorOf(who), timeoutMs: 30_000 });
const redeem = (who: IssuedTokens, record: string, grant: string) =>
  outcome(app.ask(RedeemGrant, { grant, action, record }, { actor: actorOf(who), from: 'secrets' }));

describe('leave for one action', () => {
  it('SEC8: is given for the password, for a minute, and used once', async () => {
    const one = await app.register();
    const record = randomUUID();
    const { grant, expires_in } = await confirm(one, record);
    expect(expires_in).toBe(60);
    expect(await redeem(one, record, grant)).toBe('ok');
    expect(await redeem(one, record, grant)).toBe(GrantInvalid.code);
  });

  it('SEC8 H3: of fifty tries at once one succeeds', async () => {
    const one = await app.register();
    const record = randomUUID();
    const { grant } = await confirm(one, record);
    const outcomes = await parallel(50, () => redeem(one, record, grant));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
  });

  it('SEC8: is worth nothing for another record, person or session, or after its time', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const again = await app.login(one.tokens.user.email!, PASSWORD);
    const record = randomUUID();
    const { grant } = await confirm(one, record);
    for (const [who, what] of [
      [one, randomUUID()],
      [other, record],
      [again, record],
    ] as const) {
      expect(await redeem(who, what, grant)).toBe(GrantInvalid.code);
    }
    expect(await redeem(one, record, grant.toUpperCase())).toBe(GrantInvalid.code);
    await app.database.query(`UPDATE action_grants SET expires_at = now() WHERE user_id = $1`, [one.tokens.user.id]);
    expect(await redeem(one, record, grant)).toBe(GrantInvalid.code);
  });

  it('R-BF1: a wrong password gives none, is told of, and can be guessed a few times only', async () => {
    const one = await app.register();
    const guess = () => outcome(confirm(one, 'r', 'a wrong password'));
    const outcomes = [];
    for (let i = 0; i < 12; i++) outcomes.push(await guess());
    expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'invalid_credentials'));
    expect(outcomes.slice(10)).toEqual(['rate_limited', 'rate_limited']);
    expect(await outcome(confirm(one, 'r'))).toBe('rate_limited');
    expect((await app.events(PasswordRefused, one.tokens.user.id)).length).toBe(13);
    // The person can still sign in.
    expect(await outcome(app.ask(Login, { login: one.tokens.user.email!, password: PASSWORD }))).toBe('ok');
  });

  it('SEC8: an account without a password gives none, and says so', async () => {
    const one = await app.register();
    const reset = 'UPDATE website_users SET password_hash = NULL WHERE id = $1';
    await app.database.query(reset, [one.tokens.user.id]);
    await expect(confirm(one, 'r')).rejects.toMatchObject({
      code: 'invalid_credentials',
      extras: { detail: expect.stringContaining('no password') },
    });
  });

  it('the grant itself is nowhere in the database', async () => {
    const one = await app.register();
    const { grant } = await confirm(one, 'r');
    const rows = await app.database.query('SELECT * FROM action_grants');
    expect(JSON.stringify(rows)).not.toContain(grant);
  });
});
