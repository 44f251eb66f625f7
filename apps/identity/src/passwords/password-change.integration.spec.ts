import { ChangePassword, ListSessions, PasswordChanged, PasswordRefused, type IssuedTokens } from '#contracts';
import { actorOf, IdentityApp, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';

let app: IdentityApp;
let mailbox: Mailbox;
beforeAll(async () => {
  app = await IdentityApp.start();
  mailbox = new Mailbox(app);
});
afterAll(() => app?.stop());

const NEW = 'four small boats at dusk';
const change = (issued: IssuedTokens, current_password = PASSWORD, new_password = NEW) =>
  app.ask(ChangePassword, { current_password, new_password }, { actor: actorOf(issued), timeoutMs: 30_000 });
const list = (issued: IssuedTokens) => outcome(app.ask(ListSessions, {}, { actor: actorOf(issued) }));

describe('a change of password', () => {
  it('R-PW9 R-RC7: ends every other session at once and keeps the caller’s', async () => {
    const one = await app.register();
    const other = await app.login(one.tokens.user.email!, PASSWORD);
    const { session_ids } = await change(one);
    expect(session_ids).toEqual([other.session_id]);
    expect([await list(one), await list(other)]).toEqual(['ok', 'invalid_token']);
    await expect(outcome(app.refresh(other.tokens.refresh_token))).resolves.toBe('refresh_token_invalid');
    await expect(outcome(app.login(one.tokens.user.email!, PASSWORD))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(one.tokens.user.email!, NEW))).resolves.toBe('ok');
    expect(await app.events(PasswordChanged, one.tokens.user.id)).toEqual([
      { user_id: one.tokens.user.id, by: 'change' },
    ]);
  });

  it('R-RC4: voids every mailed link that gives something', async () => {
    const one = await app.register();
    const [verify] = await mailbox.idsOf(one.tokens.user.id, 'verify_email');
    await expect(mailbox.read(verify!)).resolves.toMatchObject({ email: one.tokens.user.email });
    await change(one);
    await expect(mailbox.read(verify!)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('R-RC9: its person is told, with the program and the address it was done from', async () => {
    const origin = { ip: '192.0.2.7', user_agent: 'tests/1' };
    const one = await app.register();
    const here = await app.loginFrom(one.tokens.user.email!, PASSWORD, origin);
    await change(here);
    // That the device is new is told, too, and not in this order.
    const mail = await mailbox.notice(one.tokens.user.id, 'password_changed');
    expect(mail).toMatchObject({ occasion: origin });
  });

  it('R-PW9: a wrong current password changes nothing and is told of', async () => {
    const one = await app.register();
    await expect(outcome(change(one, 'not the password'))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(one.tokens.user.email!, PASSWORD))).resolves.toBe('ok');
    expect(await app.events(PasswordRefused, one.tokens.user.id)).toEqual([
      { user_id: one.tokens.user.id, reason: 'wrong_password' },
    ]);
  });

  it('R-BF1: a stolen session guesses ten times, then not even the right password counts', async () => {
    const one = await app.register();
    const outcomes = await parallel(14, (i) => outcome(change(one, `guess number ${i}`)));
    expect(outcomes.filter((o) => o === 'invalid_credentials')).toHaveLength(10);
    expect(outcomes.filter((o) => o === 'rate_limited')).toHaveLength(4);
    await expect(outcome(change(one))).resolves.toBe('rate_limited');
  });

  it('R-PW6 R-PW7: a weak one is refused, and the field is named', async () => {
    const one = await app.register();
    for (const weak of ['password12345', `${one.tokens.user.username}1`]) {
      await expect(change(one, PASSWORD, weak)).rejects.toMatchObject({
        code: 'password_too_weak',
        extras: { errors: [{ field: 'new_password' }] },
      });
    }
  });

  it('R-PW2 R-PW4: 128 characters of any script, and blanks at the ends, all count', async () => {
    const one = await app.register();
    const long = ` ${'héron 鶴 '.repeat(18)}`.slice(0, 127) + ' ';
    await change(one, PASSWORD, long);
    await expect(outcome(app.login(one.tokens.user.email!, long.trim()))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(one.tokens.user.email!, long))).resolves.toBe('ok');
  });

  it('H3: of eight changes at once from the same password one wins', async () => {
    const one = await app.register();
    const passwords = Array.from({ length: 8 }, (_, i) => `a different phrase, number ${i}`);
    const outcomes = await Promise.all(passwords.map((p) => outcome(change(one, PASSWORD, p))));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    const winner = passwords[outcomes.indexOf('ok')]!;
    await expect(outcome(app.login(one.tokens.user.email!, winner))).resolves.toBe('ok');
  });

  it('an ended session changes nothing', async () => {
    const one = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [one.session_id]);
    await expect(outcome(change(one))).resolves.toBe('invalid_token');
  });
});
