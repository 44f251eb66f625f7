import { randomUUID } from 'node:crypto';
import {
  AccountRecovered,
  ChangeEmail,
  ForgotPassword,
  ListSessions,
  Login,
  RecoveryRefused,
  RecoveryRequested,
  ResetPassword,
  SecureAccount,
  VerifyEmail,
  type IssuedTokens,
} from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';

let app: IdentityApp;
let mailbox: Mailbox;
beforeAll(async () => {
  app = await IdentityApp.start();
  mailbox = new Mailbox(app);
});
afterAll(() => app?.stop());

const NEW = 'four small boats at dusk';
const forgot = (email: string) => app.ask(ForgotPassword, { email });
const reset = (token: string, new_password = NEW) =>
  app.ask(ResetPassword, { token, new_password }, { timeoutMs: 30_000 });
const asked = async (issued: IssuedTokens, count = 1) => {
  await forgot(issued.tokens.user.email!);
  return mailbox.latest(issued.tokens.user.id, 'reset_password', count);
};
const live = (issued: IssuedTokens) => outcome(app.ask(ListSessions, {}, { actor: actorOf(issued) }));
const refusals = () => app.eventsOf(RecoveryRefused);

describe('a forgotten password', () => {
  it('R-EN1 R-EN3 C-password.forgot: known or not, the same is written before the answer is out', async () => {
    const one = await app.register();
    const written = async (email: string) => {
      const before = (await app.eventsOf(RecoveryRequested)).length;
      await expect(forgot(email)).resolves.toEqual({});
      return (await app.eventsOf(RecoveryRequested)).length - before;
    };
    expect([await written(one.tokens.user.email!), await written(newcomer().email)]).toEqual([1, 1]);
  });

  it('R-EN1: an unknown address gets no mail, and is not kept', async () => {
    const { email } = newcomer();
    const before = (await refusals()).length;
    await forgot(email);
    const told = await eventually('the refusal', 30_000, async () => (await refusals())[before]);
    expect(told).toEqual({ user_id: null, reason: 'unknown_account' });
    await eventually('the request to be forgotten', 30_000, async () => {
      const rows = await app.database.query('SELECT 1 FROM recovery_requests WHERE email = $1', [email]);
      return rows.length === 0 ? true : undefined;
    });
  });

  it('R-RC3: the link lives an hour at most, and only its hash is stored', async () => {
    const one = await app.register();
    const { token, expires_at } = await asked(one);
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(JSON.stringify(await app.database.query('SELECT t::text FROM one_time_tokens t'))).not.toContain(token);
  });

  it('R-BF2: an account gets five mails an hour', async () => {
    const one = await app.register();
    for (let i = 0; i < 7; i++) await forgot(one.tokens.user.email!);
    await eventually('two refusals', 30_000, async () => {
      const mine = (await app.events(RecoveryRefused, one.tokens.user.id)).length;
      return mine === 2 ? true : undefined;
    });
    expect(await mailbox.idsOf(one.tokens.user.id, 'reset_password')).toHaveLength(5);
  });

  it('a suspended account gets none', async () => {
    const one = await app.register();
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [one.tokens.user.id]);
    await forgot(one.tokens.user.email!);
    await eventually('the refusal', 30_000, async () => (await app.events(RecoveryRefused, one.tokens.user.id))[0]);
    expect(await mailbox.idsOf(one.tokens.user.id, 'reset_password')).toEqual([]);
  });
});

describe('a reset', () => {
  it('C-password.reset R-RC7 R-RC1: sets the password, ends every session and signs nobody in', async () => {
    const one = await app.register();
    const other = await app.login(one.tokens.user.email!, PASSWORD);
    const { token } = await asked(one);
    const answer = await reset(token);
    expect(answer).toEqual({ session_ids: expect.arrayContaining([one.session_id, other.session_id]) });
    expect([await live(one), await live(other)]).toEqual(['invalid_token', 'invalid_token']);
    await expect(outcome(app.login(one.tokens.user.email!, PASSWORD))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(one.tokens.user.email!, NEW))).resolves.toBe('ok');
    await expect(mailbox.notice(one.tokens.user.id, 'password_reset')).resolves.toMatchObject({
      email: one.tokens.user.email,
    });
  });

  it('R-RC1: leaves the second factor in force, and sign-ins that wait for one do not outlive it', async () => {
    const one = await app.register();
    const { id, email } = one.tokens.user;
    await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [id]);
    const waiting = () => app.database.query('SELECT 1 FROM mfa_challenges WHERE user_id = $1', [id]);
    const signIn = (password: string) => app.ask(Login, { login: email!, password }, { timeoutMs: 30_000 });
    await expect(signIn(PASSWORD)).resolves.toMatchObject({ challenge: { mfa_required: true } });
    expect(await waiting()).toHaveLength(1);
    await reset((await asked(one)).token);
    expect(await waiting()).toHaveLength(0);
    await expect(signIn(NEW)).resolves.toMatchObject({ challenge: { mfa_required: true } });
  });

  it('C-password.reset H3: of 50 at once with one token one wins', async () => {
    const one = await app.register();
    const { token } = await asked(one);
    const outcomes = await parallel(50, (i) => outcome(reset(token, `a different phrase, number ${i}`)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'token_invalid']));
  });

  it('R-RC4: a newer link voids the older, and using one voids all', async () => {
    const one = await app.register();
    const older = await asked(one);
    const newer = await asked(one, 2);
    await expect(outcome(reset(older.token))).resolves.toBe('token_invalid');
    const [verify] = await mailbox.idsOf(one.tokens.user.id, 'verify_email');
    await expect(outcome(reset(newer.token))).resolves.toBe('ok');
    await expect(mailbox.read(verify!)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('R-PW6: a weak password is refused and leaves the token as it is', async () => {
    const one = await app.register();
    const { token } = await asked(one);
    await expect(outcome(reset(token, 'password12345'))).resolves.toBe('password_too_weak');
    await expect(outcome(reset(token))).resolves.toBe('ok');
  });

  it.each([
    ['an expired token', `UPDATE one_time_tokens SET expires_at = now() WHERE user_id = $1`],
    ['a suspended account', `UPDATE website_users SET is_active = false WHERE id = $1`],
    ['a deleted account', `UPDATE website_users SET deleted_at = now() WHERE id = $1`],
    ['an address that is another by now', `UPDATE website_users SET email = 'x.' || email WHERE id = $1`],
  ])('R-RC3: nothing is reset with %s', async (_what, sql) => {
    const one = await app.register();
    const { token } = await asked(one);
    await app.database.query(sql, [one.tokens.user.id]);
    await expect(outcome(reset(token))).resolves.toBe('token_invalid');
  });

  it('R-RC3: a token of another kind resets nothing', async () => {
    const one = await app.register();
    const { token } = await mailbox.latest(one.tokens.user.id, 'verify_email');
    await expect(outcome(reset(token))).resolves.toBe('token_invalid');
  });

  it('R-PW11 H4: a sign-in with the old password that is under way opens nothing after the reset', async () => {
    const one = await app.register();
    const { token } = await asked(one);
    const email = one.tokens.user.email!;
    const [, ...late] = await Promise.all([
      reset(token),
      ...Array.from({ length: 12 }, () => app.login(email, PASSWORD).catch(() => undefined)),
    ]);
    const survivors = await Promise.all(late.filter((issued) => issued !== undefined).map((issued) => live(issued)));
    expect(survivors.filter((o) => o === 'ok')).toEqual([]);
  });
});

describe('an owner who comes after somebody else has registered the address', () => {
  const preRegistered = async () => {
    const attacker = await app.register();
    const { id, email } = attacker.tokens.user;
    await app.database.query('INSERT INTO oauth_accounts (user_id, provider, subject) VALUES ($1, $2, $3)', [
      id,
      'github',
      randomUUID(),
    ]);
    return { attacker, id, email: email! };
  };
  const identities = (id: string) => app.database.query('SELECT 1 FROM oauth_accounts WHERE user_id = $1', [id]);

  it('R-LK2 R-LK3 R-LK4: recovery leaves nothing of the other: no password, session or way in', async () => {
    const { attacker, id } = await preRegistered();
    const { token } = await asked(attacker);
    await reset(token);
    await expect(outcome(app.login(attacker.tokens.user.email!, PASSWORD))).resolves.toBe('invalid_credentials');
    expect(await live(attacker)).toBe('invalid_token');
    expect(await identities(id)).toEqual([]);
    const owner = await app.login(attacker.tokens.user.email!, NEW);
    expect(owner.tokens.user.email_verified).toBe(true);
    expect(await app.events(AccountRecovered, id)).toEqual([{ user_id: id, cleansed: true }]);
  });

  it('R-LK2 R-LK3 R-LK4: who says instead of proving the address that the account is not theirs leaves nobody in it', async () => {
    const { attacker, id, email } = await preRegistered();
    const { token } = await mailbox.latest(id, 'verify_email');
    const secured = await parallel(10, () => outcome(app.ask(SecureAccount, { token })));
    expect(secured.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await live(attacker)).toBe('invalid_token');
    await expect(outcome(app.login(email, PASSWORD))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.ask(VerifyEmail, { token }))).resolves.toBe('token_invalid');
    expect(await identities(id)).toEqual([]);
    await reset((await asked(attacker)).token);
    expect((await app.login(email, NEW)).tokens.user.email_verified).toBe(true);
  });

  it('R-LK3: the owner of an address that was proven is not disowned by an old mail', async () => {
    const one = await app.register();
    const { token } = await mailbox.latest(one.tokens.user.id, 'verify_email');
    await app.ask(VerifyEmail, { token });
    await expect(outcome(app.ask(SecureAccount, { token }))).resolves.toBe('token_invalid');
    expect(await live(one)).toBe('ok');
  });

  it('R-LK5: recovery cancels a change of address that the other has begun', async () => {
    const { attacker, id } = await preRegistered();
    await app.ask(ChangeEmail, { new_email: newcomer().email, password: PASSWORD }, { actor: actorOf(attacker) });
    const change = await mailbox.latest(id, 'change_email');
    const { token } = await asked(attacker);
    await reset(token);
    await expect(outcome(app.ask(VerifyEmail, { token: change.token }))).resolves.toBe('token_invalid');
  });

  it('R-LK4: what was added after the proof of the address stays', async () => {
    const { attacker, id } = await preRegistered();
    const { token: proof } = await mailbox.latest(id, 'verify_email');
    await app.ask(VerifyEmail, { token: proof });
    const { token } = await asked(attacker);
    await reset(token);
    expect(await identities(id)).toHaveLength(1);
    expect(await app.events(AccountRecovered, id)).toEqual([{ user_id: id, cleansed: false }]);
  });
});
