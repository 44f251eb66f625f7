import {
  ChangeEmail,
  ConfirmEmailChange,
  EmailChanged,
  ListSessions,
  ResetPassword,
  SecureAccount,
  SendEmailVerification,
  UndoEmailChange,
  VerifyEmail,
  VerifyEmailByCode,
  type IssuedTokens,
} from '#contracts';
import { actorOf, IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';

let app: IdentityApp;
let mailbox: Mailbox;
beforeAll(async () => {
  app = await IdentityApp.start();
  mailbox = new Mailbox(app);
});
afterAll(() => app?.stop());

const change = (issued: IssuedTokens, new_email: string, password: string | undefined = PASSWORD) =>
  app.ask(ChangeEmail, { new_email, password }, { actor: actorOf(issued) });
const confirm = (token: string) => app.ask(ConfirmEmailChange, { token });
const undo = (token: string) => app.ask(UndoEmailChange, { token });
const addressOf = async (id: string) =>
  (await app.database.query<{ email: string }>('SELECT email FROM website_users WHERE id = $1', [id]))[0]!.email;
const live = (issued: IssuedTokens) => outcome(app.ask(ListSessions, {}, { actor: actorOf(issued) }));

/** Somebody whose address was just changed, as far as the mails that this brings. */
async function moved() {
  const one = await app.register();
  const [{ id, email }, next] = [one.tokens.user, newcomer().email];
  await change(one, next);
  const wanted = await mailbox.latest(id, 'change_email');
  await confirm(wanted.token);
  return { one, id, old: email!, next, wanted, undoing: await mailbox.latest(id, 'undo_email_change') };
}

describe('a change of address', () => {
  it('R-RC8: nothing changes before the new address is proven, then everything', async () => {
    const one = await app.register();
    const [{ id, email }, next] = [one.tokens.user, newcomer().email];
    await expect(change(one, next)).resolves.toMatchObject({ new_email: next });
    expect(await addressOf(id)).toBe(email);
    const { token, email: to } = await mailbox.latest(id, 'change_email');
    expect(to).toBe(next);
    await expect(confirm(token)).resolves.toMatchObject({ id, email: next, email_verified: true });
    await expect(outcome(app.login(next, PASSWORD))).resolves.toBe('ok');
    await expect(outcome(app.login(email!, PASSWORD))).resolves.toBe('invalid_credentials');
    expect(await app.events(EmailChanged, id)).toEqual([{ user_id: id, by: 'confirmed' }]);
  });

  it('R-RC8: POST /verify takes its token, too', async () => {
    const one = await app.register();
    const next = newcomer().email;
    await change(one, next);
    const { token } = await mailbox.latest(one.tokens.user.id, 'change_email');
    await expect(app.ask(VerifyEmail, { token })).resolves.toMatchObject({ email: next });
  });

  it('R-SE7: needs the password or a fresh sign-in', async () => {
    const one = await app.register();
    const stale = { ...actorOf(one), auth_time: Math.floor(Date.now() / 1_000) - 301 };
    const ask = (password: string | undefined, actor = stale) =>
      outcome(app.ask(ChangeEmail, { new_email: newcomer().email, password }, { actor }));
    expect(await ask(undefined)).toBe('insufficient_user_authentication');
    expect(await ask('not the password')).toBe('invalid_credentials');
    expect(await ask(PASSWORD)).toBe('ok');
    expect(await ask(undefined, actorOf(one))).toBe('ok');
  });

  it('R-EN1 R-EN4: somebody else’s address is answered alike, and its owner is told', async () => {
    const [one, two] = [await app.register(), await app.register()];
    const other = two.tokens.user.email!.toUpperCase();
    const answer = await change(one, other);
    expect(Object.keys(answer)).toEqual(Object.keys(await change(one, newcomer().email)));
    await expect(mailbox.latest(two.tokens.user.id, 'account_exists')).resolves.toMatchObject({
      email: two.tokens.user.email,
    });
    expect(await mailbox.idsOf(one.tokens.user.id, 'change_email')).toHaveLength(1);
  });

  it('R-RC8: an address that somebody else took meanwhile is refused, and the account stays as it is', async () => {
    const one = await app.register();
    const next = newcomer().email;
    await change(one, next);
    const { token } = await mailbox.latest(one.tokens.user.id, 'change_email');
    await app.register({ email: next });
    await expect(outcome(confirm(token))).resolves.toBe('email_taken');
    expect(await addressOf(one.tokens.user.id)).toBe(one.tokens.user.email);
  });

  it('H3: of 50 that confirm at once one does', async () => {
    const one = await app.register();
    await change(one, newcomer().email);
    const { token } = await mailbox.latest(one.tokens.user.id, 'change_email');
    const outcomes = await parallel(50, () => outcome(confirm(token)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await app.events(EmailChanged, one.tokens.user.id)).toHaveLength(1);
  });

  it('R-RC4: a second wish voids the first', async () => {
    const one = await app.register();
    await change(one, newcomer().email);
    const first = await mailbox.latest(one.tokens.user.id, 'change_email');
    await change(one, newcomer().email);
    await expect(outcome(confirm(first.token))).resolves.toBe('token_invalid');
  });
});

describe('a change of address that is taken back', () => {
  it('R-RC8 R-RC9: the old address gets a link that restores it and ends every session', async () => {
    const { one, id, old, undoing } = await moved();
    expect(undoing.email).toBe(old);
    await expect(undo(undoing.token)).resolves.toEqual({ session_ids: [one.session_id] });
    expect(await addressOf(id)).toBe(old);
    expect(await live(one)).toBe('invalid_token');
    await expect(mailbox.latest(id, 'reset_password')).resolves.toMatchObject({ email: old });
    await expect(outcome(undo(undoing.token))).resolves.toBe('token_invalid');
  });

  it('R-RC8: a change of password does not take the owner’s undo link away', async () => {
    const { id, old, undoing, next } = await moved();
    const thief = await app.login(next, PASSWORD);
    await app.ask(
      ResetPassword,
      { token: (await resetting(next, id)).token, new_password: 'stolen and changed again' },
      { timeoutMs: 30_000 },
    );
    await undo(undoing.token);
    expect(await addressOf(id)).toBe(old);
    expect(await live(thief)).toBe('invalid_token');
  });

  it('R-RC8 R-RC9: so is the notice that the new address got of the change, to the microsecond', async () => {
    const { id, undoing } = await moved();
    const notice = await mailbox.notice(id, 'email_changed');
    // As in one of a thousand: both were made at the very millisecond, which is as much as is read of a time.
    const sql = `UPDATE one_time_tokens SET created_at = date_trunc('milliseconds', created_at) WHERE user_id = $1`;
    await app.database.query(sql, [id]);
    await undo(undoing.token);
    await expect(outcome(app.ask(SecureAccount, { token: notice.token }))).resolves.toBe('token_invalid');
  });

  it('R-RC8: what a later change has mailed is worthless after it', async () => {
    const { one, id, old, undoing } = await moved();
    await change(one, newcomer().email);
    await confirm((await mailbox.latest(id, 'change_email', 2)).token);
    const thiefs = await mailbox.latest(id, 'undo_email_change', 2);
    await undo(undoing.token);
    await expect(outcome(undo(thiefs.token))).resolves.toBe('token_invalid');
    expect(await addressOf(id)).toBe(old);
  });

  async function resetting(email: string, id: string) {
    const { Recovery } = await import('../recovery/recovery.service.js');
    await app.transactions.run(() => app.get(Recovery).start(id, email));
    return mailbox.latest(id, 'reset_password');
  }
});

describe('a notice', () => {
  it('R-RC9: one click signs everybody out of a changed account and starts a reset', async () => {
    const { one, id, next } = await moved();
    const notice = await mailbox.notice(id, 'email_changed');
    expect(notice).toMatchObject({ email: next });
    const outcomes = await parallel(20, () => outcome(app.ask(SecureAccount, { token: notice.token })));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await live(one)).toBe('invalid_token');
    await expect(mailbox.latest(id, 'reset_password')).resolves.toMatchObject({ email: next });
  });
});

describe('a verification code', () => {
  const send = (issued: IssuedTokens) => app.ask(SendEmailVerification, {}, { actor: actorOf(issued) });
  const type = (issued: IssuedTokens, code: string) =>
    outcome(app.ask(VerifyEmailByCode, { code }, { actor: actorOf(issued) }));
  const codeOf = async (issued: IssuedTokens, count = 1) =>
    (await mailbox.latest(issued.tokens.user.id, 'verify_email', count)).code!;

  it('C-email.verify: eight digits of the mail do what its link does, however they are grouped', async () => {
    const one = await app.register();
    const code = await codeOf(one);
    expect(code).toMatch(/^\d{8}$/);
    expect(await type(one, `${code.slice(0, 4)} ${code.slice(4)}`)).toBe('ok');
    const { token } = { token: await mailbox.idsOf(one.tokens.user.id, 'verify_email') };
    expect(token).toHaveLength(1);
  });

  it('R-RC6: it is bound to the session that asked for it', async () => {
    const one = await app.register();
    const other = await app.login(one.tokens.user.email!, PASSWORD);
    await send(one);
    const code = await codeOf(one, 2);
    expect([await type(other, code), await type(one, code)]).toEqual(['token_invalid', 'ok']);
  });

  it('R-RC6: another account’s code is worth nothing', async () => {
    const [one, two] = [await app.register(), await app.register()];
    expect(await type(one, await codeOf(two))).toBe('token_invalid');
  });

  it('R-BF6: a new code brings no new guesses', async () => {
    const one = await app.register();
    const wrong = async (n: number) => parallel(n, (i) => type(one, String(10_000_000 + i)));
    expect(new Set(await wrong(5))).toEqual(new Set(['token_invalid']));
    await send(one);
    const outcomes = await wrong(10);
    expect(outcomes.filter((o) => o === 'token_invalid')).toHaveLength(5);
    expect(await type(one, await codeOf(one, 2))).toBe('rate_limited');
  });

  it('R-RC3: it lives ten minutes', async () => {
    const one = await app.register();
    const code = await codeOf(one);
    await app.database.query(
      `UPDATE one_time_tokens SET created_at = now() - interval '11 minutes' WHERE user_id = $1`,
      [one.tokens.user.id],
    );
    expect(await type(one, code)).toBe('token_invalid');
  });
});
