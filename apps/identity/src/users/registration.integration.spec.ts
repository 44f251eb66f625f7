import {
  EmailVerified,
  RegisterUser,
  SecureAccount,
  UserRegistered,
  VerifyEmail,
  type RegisterUserRequest,
} from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { Mailbox } from '../../test/mailbox.js';
import { clientsWithVerifyFirst, VERIFY_FIRST } from '../../test/verify-first.js';

let app: IdentityApp;
let mailbox: Mailbox;
beforeAll(async () => {
  app = await IdentityApp.start({ clientsFile: clientsWithVerifyFirst() });
  mailbox = new Mailbox(app);
});
afterAll(() => app?.stop());

const wish = (who: RegisterUserRequest) =>
  app.ask(RegisterUser, { ...who, client_id: VERIFY_FIRST }, { timeoutMs: 30_000 });
const verify = (token: string) => app.ask(VerifyEmail, { token }, { timeoutMs: 30_000 });
const idOf = async (email: string) => {
  const [row] = await app.database.query<{ id: string }>(
    'SELECT id FROM registrations WHERE email = $1 ORDER BY id DESC LIMIT 1',
    [email],
  );
  return row!.id;
};
/** The mail that a registration brings to a new address. */
const mailed = async (who: RegisterUserRequest) => {
  await wish(who);
  return mailbox.latest(await idOf(who.email), 'confirm_registration');
};

describe('a registration whose address is proven first', () => {
  it('R-EN1: a known and an unknown address are answered alike', async () => {
    const known = await app.register();
    const answers = [await wish(newcomer()), await wish({ ...newcomer(), email: known.tokens.user.email! })];
    expect(answers).toEqual([{ verification_required: true }, { verification_required: true }]);
  });

  it('R-EN1: neither does a sign-in tell which it was', async () => {
    const [known, who] = [await app.register(), newcomer()];
    await wish(who);
    await wish({ ...newcomer(), email: known.tokens.user.email!, password: 'somebody else’s own words' });
    const tries = [who.email, known.tokens.user.email!].map((email) =>
      outcome(app.login(email, 'somebody else’s own words')),
    );
    expect(await Promise.all(tries)).toEqual(['invalid_credentials', 'invalid_credentials']);
    await expect(outcome(app.login(who.email, who.password))).resolves.toBe('invalid_credentials');
  });

  it('R-EN4: the owner of a known address hears of it, and nothing of the account changes', async () => {
    const known = await app.register();
    const { id, email, username } = known.tokens.user;
    await wish({ ...newcomer(), email: email!.toUpperCase() });
    await expect(mailbox.latest(id, 'account_exists')).resolves.toMatchObject({ email, username });
    await expect(outcome(app.login(email!, PASSWORD))).resolves.toBe('ok');
  });

  it('C-user.register C-email.verify: the link makes the account, verified, and its person can sign in', async () => {
    const who = newcomer();
    const mail = await mailed(who);
    expect(mail).toMatchObject({ email: who.email, username: who.username });
    const user = await verify(mail.token);
    expect(user).toMatchObject({ email: who.email, username: who.username, email_verified: true });
    const issued = await app.login(who.email, who.password, { client_id: VERIFY_FIRST });
    expect(issued.tokens.user.id).toBe(user.id);
    expect(await app.events(UserRegistered, user.id)).toEqual([{ user_id: user.id, client_id: VERIFY_FIRST }]);
    expect(await app.events(EmailVerified, user.id)).toHaveLength(1);
  });

  it('H3: of 50 who follow the link at once one makes the account, and all see it', async () => {
    const who = newcomer();
    const { token } = await mailed(who);
    const users = await parallel(50, () => verify(token));
    expect(new Set(users.map((user) => user.id)).size).toBe(1);
    expect(await app.events(UserRegistered, users[0]!.id)).toHaveLength(1);
  });

  it('R-LK2: who says that it was somebody else withdraws the wish', async () => {
    const { token } = await mailed(newcomer());
    await app.ask(SecureAccount, { token });
    await expect(outcome(verify(token))).resolves.toBe('token_invalid');
    await expect(outcome(app.ask(SecureAccount, { token }))).resolves.toBe('token_invalid');
  });

  it('R-LK2 R-RC4: who registers the same address later makes the earlier wish and its password worthless', async () => {
    const attacker = newcomer();
    const owner = { ...newcomer(), email: attacker.email, password: 'the words of the owner' };
    const first = await mailed(attacker);
    const second = await mailed(owner);
    await expect(outcome(verify(first.token))).resolves.toBe('token_invalid');
    await verify(second.token);
    await expect(outcome(app.login(owner.email, attacker.password))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(owner.email, owner.password))).resolves.toBe('ok');
  });

  it('R-EN1: a name that was taken meanwhile gets an ending; one that is taken already is refused for every address', async () => {
    const [who, other, known] = [newcomer(), newcomer(), await app.register()];
    const { token } = await mailed(who);
    await app.register({ ...other, username: who.username });
    expect((await verify(token)).username).toMatch(new RegExp(`^${who.username.slice(0, 20)}`));
    for (const email of [newcomer().email, known.tokens.user.email!]) {
      await expect(outcome(wish({ ...newcomer(), email, username: who.username }))).resolves.toBe('username_taken');
    }
  });

  it('R-BF2: an address gets five mails an hour', async () => {
    const who = newcomer();
    for (let i = 0; i < 7; i++) await wish(who);
    const open = () =>
      app.database.query('SELECT 1 FROM registrations WHERE email = $1 AND voided_at IS NULL', [who.email]);
    await eventually('all wishes to be looked at', 30_000, async () =>
      (await open()).length === 0 ? true : undefined,
    );
  });

  it('R-GD2: a confirmed registration keeps neither address nor password', async () => {
    const who = newcomer();
    const { id } = await verify((await mailed(who)).token);
    const [row] = await app.database.query('SELECT r::text AS text FROM registrations r WHERE id = $1', [id]);
    expect((row as { text: string }).text).not.toMatch(/example\.test|argon2/);
  });

  it.each([
    ['expired', `expires_at = now()`],
    ['of a tampered row', `token_hash = '\\x00'`],
  ])('R-RC3: a link that is %s makes nothing', async (_what, change) => {
    const who = newcomer();
    const { token } = await mailed(who);
    await app.database.query(`UPDATE registrations SET ${change} WHERE email = $1`, [who.email]);
    await expect(outcome(verify(token))).resolves.toBe('token_invalid');
  });
});
