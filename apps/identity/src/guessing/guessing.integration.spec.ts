import { randomUUID } from 'node:crypto';
import { ListSessions, Login, RegisterUser, SecureAccount, type IssuedTokens, type RequestOrigin } from '#contracts';
import { actorOf, IdentityApp, issuedOf, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';
import { FailureBudget } from './failure-budget.service.js';

let app: IdentityApp;
let mailbox: Mailbox;
beforeAll(async () => {
  app = await IdentityApp.start();
  mailbox = new Mailbox(app);
});
afterAll(() => app?.stop());

const signIn = async (login: string, password: string, origin: RequestOrigin = {}) =>
  issuedOf(await app.ask(Login, { login, password }, { origin, timeoutMs: 30_000 }));
const tryFrom = (device: string | undefined, login: string, password = PASSWORD) =>
  outcome(signIn(login, password, { device }));
const emailOf = (issued: IssuedTokens) => issued.tokens.user.email!;
const deviceOf = (issued: IssuedTokens) => issued.device_token!;
const block = async (email: string) => {
  for (let i = 0; i < 6; i++) await tryFrom(undefined, email, `guess ${i}`);
};

describe('a device that has signed in before', () => {
  it('R-BF3: lets its owner in while an attacker keeps the name blocked, and nobody else', async () => {
    const owner = await app.register();
    await block(emailOf(owner));
    expect(await tryFrom(undefined, emailOf(owner))).toBe('invalid_credentials');
    expect(await tryFrom(deviceOf(owner), emailOf(owner))).toBe('ok');
    expect(await tryFrom(undefined, emailOf(owner))).toBe('invalid_credentials');
  });

  it('R-BF3 R-BF1: its own failures block it like any other, and the name stays open to others', async () => {
    const owner = await app.register();
    for (let i = 0; i < 5; i++) await tryFrom(deviceOf(owner), emailOf(owner), `guess ${i}`);
    expect(await tryFrom(deviceOf(owner), emailOf(owner))).toBe('invalid_credentials');
    expect(await tryFrom(undefined, emailOf(owner))).toBe('ok');
  });

  it('R-BF3: an attacker’s own device is known to the attacker’s account only', async () => {
    const [owner, attacker] = [await app.register(), await app.register()];
    await block(emailOf(owner));
    expect(await tryFrom(deviceOf(attacker), emailOf(owner))).toBe('invalid_credentials');
  });

  it('R-BF3: a forged token, or one from before a recovery, makes no device known', async () => {
    const owner = await app.register();
    const token = deviceOf(owner);
    await block(emailOf(owner));
    const forged = Buffer.from(token, 'base64url');
    forged[5]! ^= 1;
    for (const bad of [forged.toString('base64url'), `${token}A`, 'x', token.slice(2)]) {
      expect(await tryFrom(bad, emailOf(owner))).toBe('invalid_credentials');
    }
    await app.database.query('UPDATE website_users SET devices_known_from = now() WHERE id = $1', [
      owner.tokens.user.id,
    ]);
    expect(await tryFrom(token, emailOf(owner))).toBe('invalid_credentials');
  });

  it('R-BF5: a device that is known and one that is not hear the same refusal', async () => {
    const owner = await app.register();
    const refused = (device?: string) =>
      signIn(emailOf(owner), 'wrong', { device }).catch((error: { toWire(): object }) => error.toWire());
    expect(await refused(deviceOf(owner))).toEqual(await refused());
  });
});

describe('a sign-in from a device that is new', () => {
  const home = { ip: '192.0.2.1', user_agent: 'home/1' };
  const away = { ip: '198.51.100.9', user_agent: 'away/2' };
  const notices = async (issued: IssuedTokens) =>
    (await mailbox.idsOf(issued.tokens.user.id, 'security_notice')).length;
  const live = (issued: IssuedTokens) => outcome(app.ask(ListSessions, {}, { actor: actorOf(issued) }));
  const atHome = async () => {
    const who = newcomer();
    const registered = await app.ask(RegisterUser, who, { origin: home, timeoutMs: 30_000 });
    return { who, first: issuedOf(registered) };
  };

  it('R-RC9: is told by mail, with program and address; the account’s first sign-in and a known device are not', async () => {
    const who = newcomer();
    const registered = await app.register(who);
    expect(await notices(registered)).toBe(0);
    const thief = await signIn(who.email, PASSWORD, away);
    const mail = await mailbox.latest(thief.tokens.user.id, 'security_notice');
    expect(mail).toMatchObject({ notice: 'new_device', email: who.email, occasion: away });
    await signIn(who.email, PASSWORD, { ...away });
    await signIn(who.email, PASSWORD, { ip: '203.0.113.5', user_agent: 'elsewhere', device: deviceOf(thief) });
    expect(await notices(registered)).toBe(1);
  });

  it('R-RC9 R-SE6: one click ends that session, no other, and starts a reset; of 20 clicks one counts', async () => {
    const { who, first } = await atHome();
    const before = await notices(first);
    const thief = await signIn(who.email, PASSWORD, away);
    const mail = await mailbox.latest(first.tokens.user.id, 'security_notice', before + 1);
    const secured = await parallel(20, () => outcome(app.ask(SecureAccount, { token: mail.token })));
    expect(secured.filter((o) => o === 'ok')).toHaveLength(1);
    expect([await live(thief), await live(first)]).toEqual(['invalid_token', 'ok']);
    await expect(mailbox.latest(first.tokens.user.id, 'reset_password')).resolves.toMatchObject({ email: who.email });
  });
});

describe('the budget of all accounts together', () => {
  it('R-BF2: once spent, nobody signs in but known devices, whatever the name; replicas share it', async () => {
    const replica = await app.replica({ signInFailuresPerMinute: 20 });
    const owner = await app.register();
    const budget = replica.get(FailureBudget, { strict: false });
    await app.database.query('DELETE FROM failed_sign_ins');
    for (let i = 0; i < 20; i++)
      await tryFrom(undefined, `nobody-${randomUUID()}@example.test`, 'one password on many');
    await app.get(FailureBudget).share();
    await budget.share();
    expect(() => budget.assertLeft()).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    expect(() => app.get(FailureBudget).assertLeft()).not.toThrow();
    const outcomes = await parallel(20, () => tryFrom(deviceOf(owner), emailOf(owner)));
    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    const strangers = await parallel(20, () => tryFrom(undefined, emailOf(owner)));
    const nobodys = await parallel(20, () => tryFrom(undefined, newcomer().email));
    expect(strangers).toContain('rate_limited');
    expect(nobodys).toContain('rate_limited');
  });
});
