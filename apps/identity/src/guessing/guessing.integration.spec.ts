import { randomBytes, randomUUID } from 'node:crypto';
import { ListSessions, Login, RegisterUser, SecureAccount, type IssuedTokens, type RequestOrigin } from '#contracts';
import { actorOf, IdentityApp, issuedOf, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';
import { AccountSweep } from '../recovery/account-sweep.service.js';
import { LoginGuardsRepository } from '../sessions/login-guards.repository.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { FailedSignInsRepository } from './failed-sign-ins.repository.js';
import { FailureBudget } from './failure-budget.service.js';
import { GuessBudgetsRepository } from './guess-budgets.repository.js';

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
/** Keeps whoever is blocked out for longer than a test takes on any machine. */
const stayBlocked = () =>
  app.database.query(`UPDATE login_guards SET blocked_until = now() + interval '1 hour' WHERE failures >= 5`);
const block = async (email: string) => {
  for (let i = 0; i < 6; i++) await tryFrom(undefined, email, `guess ${i}`);
  await stayBlocked();
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
    await stayBlocked();
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

  it('R-BF3: is forgotten with the recovery that ends its session, whichever of the two began first', async () => {
    const owner = await app.register();
    const forget = () => app.get(AccountSweep).forgetDevices(owner.tokens.user.id);
    const before = await app.transactions.run(async () => {
      await app.transactions.query('SELECT 1');
      const issued = await signIn(emailOf(owner), PASSWORD);
      await forget();
      return deviceOf(issued);
    });
    const sessions = app.get(SessionsRepository);
    const open = sessions.open.bind(sessions);
    const opening = jest.spyOn(sessions, 'open').mockImplementationOnce(async (...session) => {
      const person = await open(...session);
      await forget();
      return person;
    });
    const meanwhile = deviceOf(await signIn(emailOf(owner), PASSWORD));
    opening.mockRestore();
    await block(emailOf(owner));
    for (const device of [before, meanwhile]) {
      expect(await tryFrom(device, emailOf(owner))).toBe('invalid_credentials');
    }
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

describe('what comes at once', () => {
  /** Has something happen twice: what begins first is written last. */
  const overtaken = <T>(act: () => Promise<T>, times = 1): Promise<T> =>
    app.transactions.run(async () => {
      await app.transactions.query('SELECT 1');
      for (let i = 0; i < times; i++) await app.transactions.outside(act);
      return act();
    });

  it('R-BF1: failures count all, also one that began before another and is written after it', async () => {
    const [guards, name] = [app.get(LoginGuardsRepository), randomBytes(32)];
    await overtaken(() => guards.fail(name), 4);
    const [guard] = await app.database.query(
      'SELECT failures, blocked_until > now() AS blocked FROM login_guards WHERE name_hash = $1',
      [name],
    );
    expect(guard).toEqual({ failures: 5, blocked: true });
  });

  it('R-BF6: the wait for the next try is never longer than the time that the tries are for', async () => {
    const [budgets, key] = [app.get(GuessBudgetsRepository), randomBytes(32)];
    expect(await overtaken(() => budgets.spend(key, 1, 900))).toBe(900);
  });
});

describe('the budget of all accounts together', () => {
  it('R-BF2: a failure is told once, also when the database takes longer than there is time between two rounds', async () => {
    const budget = app.get(FailureBudget);
    for (let i = 0; i < 2; i += 1) await budget.share();
    const add = jest.spyOn(app.get(FailedSignInsRepository), 'add');
    budget.note();
    await parallel(5, () => budget.share());
    await budget.share();
    expect(add.mock.calls.flat().filter((failures) => failures !== 0)).toEqual([1]);
    add.mockRestore();
  });

  it('R-BF2: once spent, nobody signs in but known devices, whatever the name; replicas share it', async () => {
    const replica = await app.replica({ signInFailuresPerMinute: 20 });
    const owner = await app.register();
    const [strict, lenient] = [replica.get(FailureBudget, { strict: false }), app.get(FailureBudget)];
    const found = await withinAMinute(async () => {
      await app.database.query('DELETE FROM failed_sign_ins');
      for (let i = 0; i < 20; i++)
        await tryFrom(undefined, `nobody-${randomUUID()}@example.test`, 'one password on many');
      // The first of two may be one that was under way already.
      for (const budget of [lenient, lenient, strict, strict]) await budget.share();
      return {
        left: await Promise.all(
          [strict, lenient].map((budget) => outcome(Promise.resolve().then(() => budget.assertLeft()))),
        ),
        owners: await parallel(20, () => tryFrom(deviceOf(owner), emailOf(owner))),
        strangers: await parallel(20, () => tryFrom(undefined, emailOf(owner))),
        nobodys: await parallel(20, () => tryFrom(undefined, newcomer().email)),
      };
    });
    expect(found.left).toEqual(['rate_limited', 'ok']);
    expect(new Set(found.owners)).toEqual(new Set(['ok']));
    expect(found.strangers).toContain('rate_limited');
    expect(found.nobodys).toContain('rate_limited');
  });

  /** The budget is that of a minute of the clock: where another one has begun meanwhile, all is done once more. */
  async function withinAMinute<T>(work: () => Promise<T>): Promise<T> {
    const minute = () => Math.floor(Date.now() / 60_000);
    for (;;) {
      const begun = minute();
      const result = await work();
      if (minute() === begun) return result;
    }
  }
});
