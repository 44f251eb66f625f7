import {
  MailRequested,
  ReadContact,
  ReadMe,
  RegisterUser,
  ResolveOwner,
  UserRegistered,
  type IssuedTokens,
  type Refusal,
} from '#contracts';
import { actorOf, IdentityApp, newcomer, outcome, parallel } from '../../test/identity-app.js';
import { LastSeen } from './last-seen.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => (app.secrets.sealed = false));

const me = (issued: IssuedTokens) => app.ask(ReadMe, {}, { actor: actorOf(issued) });
const change = (issued: IssuedTokens, to: string) =>
  app.database.query(`UPDATE website_users SET ${to} WHERE id = $1`, [issued.tokens.user.id]);
const count = async (table: string): Promise<number> =>
  (await app.database.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${table}`))[0]!.n;

describe('a registration that is refused', () => {
  it.each([
    ['R-PW6', { password: 'Password1234' }, 'too_common'],
    ['R-PW7', { username: 'magdalena_k', password: 'magdalena_k2024' }, 'too_obvious'],
  ])('%s: names the field of a weak password and leaves no account', async (_rule, more, code) => {
    const before = await count('website_users');
    const refused = (await app.register(more).catch((e: unknown) => e)) as Refusal;
    expect(refused).toMatchObject({ code: 'password_too_weak', kind: 'invalid' });
    expect(refused.extras.errors).toEqual([{ field: 'password', code, detail: expect.any(String) }]);
    expect(await count('website_users')).toBe(before);
  });

  it.each([
    ['R-PW1', 'too short'],
    ['R-PW14', 'é'.repeat(600)],
  ])('%s: the length of a password is a matter of form, like that of any other field', async (_rule, password) => {
    const refused = (await app.register({ password }).catch((e: unknown) => e)) as Refusal;
    expect(refused.code).toBe('validation_failed');
    expect(refused.extras.errors).toEqual([{ field: 'password', code: 'invalid_length', detail: expect.any(String) }]);
  });

  it('R-PW1: no setting allows fewer than eight characters, which is said with all that is wrong besides', async () => {
    const refused = (await app
      .ask(RegisterUser, { email: 'x', username: 'a', password: 'short' })
      .catch((e: unknown) => e)) as Refusal;
    expect([refused.code, refused.extras.errors!.map((e) => e.field)]).toEqual([
      'validation_failed',
      ['email', 'username', 'password'],
    ]);
  });

  it('R-PW4: a bad request names every failing field at once', async () => {
    const bad = { email: 'no address', username: 'a', password: 'x'.repeat(1_025), nickname: 'n' };
    const refused = (await app.ask(RegisterUser, bad as never).catch((e: unknown) => e)) as Refusal;
    expect(refused.code).toBe('validation_failed');
    expect(refused.extras.errors!.map((e) => e.field).sort()).toEqual(['email', 'nickname', 'password', 'username']);
  });

  it('A-identity.canonical: an address is taken whatever its case, a username likewise, beyond ASCII too', async () => {
    const first = newcomer();
    await app.register({ ...first, email: `Zoë.${first.email}`, username: `Ölaf-${first.username}` });
    const address = outcome(app.register({ email: `ZOË.${first.email.toUpperCase()}` }));
    await expect(address).resolves.toBe('email_taken');
    await expect(outcome(app.register({ username: `öLAF-${first.username}` }))).resolves.toBe('username_taken');
  });

  it('A-identity.canonical: 20 registrations of one address in two spellings at once make one account', async () => {
    const { email } = newcomer();
    const spelling = (i: number) => (i % 2 ? email : email.toUpperCase());
    const outcomes = await parallel(20, (i) => outcome(app.register({ email: spelling(i) })));
    expect(outcomes.sort()).toEqual([...Array<string>(19).fill('email_taken'), 'ok']);
    const rows = await app.database.query('SELECT id FROM website_users WHERE lower(email) = lower($1)', [email]);
    expect(rows).toHaveLength(1);
  });

  it('C-user.register: 20 registrations of one username at once make one account', async () => {
    const { username } = newcomer();
    const outcomes = await parallel(20, () => outcome(app.register({ username })));
    expect(outcomes.sort()).toEqual(['ok', ...Array<string>(19).fill('username_taken')]);
  });

  it('C-user.register: without a signature there is no account, so the next try succeeds', async () => {
    const who = newcomer();
    app.secrets.sealed = true;
    await expect(outcome(app.register(who))).resolves.toBe('unavailable');
    app.secrets.sealed = false;
    await expect(outcome(app.register(who))).resolves.toBe('ok');
  });

  it('B-contracts: an unknown client, or one that has no passwords, makes no account', async () => {
    const before = await count('website_users');
    await expect(outcome(app.register({ client_id: 'nobody' }))).resolves.toBe('unknown_client');
    await expect(outcome(app.register({ client_id: 'tachimint' }))).resolves.toBe('grant_not_allowed');
    expect(await count('website_users')).toBe(before);
  });
});

describe('a registration', () => {
  it('C-user.register C-password.hash: signs in, stores an Argon2id hash, and asks for the verification mail', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    const { id } = issued.tokens.user;
    expect(issued.tokens.user).toMatchObject({
      email: who.email,
      email_verified: false,
      username: who.username,
      plan: 'free',
      is_active: true,
      status: 'online',
      created_at: expect.stringMatching(/\.\d{3}Z$/),
    });
    const [row] = await app.database.query('SELECT password_hash FROM website_users WHERE id = $1', [id]);
    expect(row!.password_hash).toMatch(/^\$argon2id\$/);
    expect(await app.events(UserRegistered, id)).toEqual([{ user_id: id, client_id: 'branchpy-cli' }]);
    expect(await app.events(MailRequested, id)).toEqual([
      { token_id: expect.any(String), user_id: id, template: 'verify_email' },
    ]);
  });

  it('B-cookie.login: a cookie client’s answer goes to the gateway with the token and its life', async () => {
    const issued = await app.register({ client_id: 'tachigo-dashboard' });
    expect(issued.tokens.refresh_token).toEqual(expect.any(String));
    const days = (Date.parse(issued.refresh_expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(14);
  });
});

describe('me', () => {
  it.each([
    ['E-guard: a suspended account', (i: IssuedTokens) => change(i, 'is_active = false')],
    ['E-guard: a deleted account', (i: IssuedTokens) => change(i, 'deleted_at = now()')],
    [
      'R-JW9: an ended session',
      (i: IssuedTokens) =>
        app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [i.session_id]),
    ],
    [
      'R-RF6: an expired session',
      (i: IssuedTokens) =>
        app.database.query('UPDATE auth_sessions SET idle_expires_at = now() WHERE id = $1', [i.session_id]),
    ],
  ])('%s is refused at once', async (_what, end) => {
    const issued = await app.register();
    await expect(outcome(me(issued))).resolves.toBe('ok');
    await end(issued);
    await expect(outcome(me(issued))).resolves.toBe('invalid_token');
  });

  it('R-AD5: one person’s session does not show another’s account', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const mixed = { ...actorOf(one), session_id: other.session_id };
    await expect(outcome(app.ask(ReadMe, {}, { actor: mixed }))).resolves.toBe('invalid_token');
    await expect(outcome(app.ask(ReadMe, {}))).resolves.toBe('invalid_token');
  });

  it('A-me C-user.me E-me: shows the account and its plan', async () => {
    const issued = await app.register();
    await change(issued, `plan = 'pro', plan_expires_at = '2031-01-02T03:04:05Z'`);
    await expect(me(issued)).resolves.toEqual({
      ...issued.tokens.user,
      plan: 'pro',
      plan_expires_at: '2031-01-02T03:04:05.000Z',
    });
  });

  it('C-user.me: bumps last seen beside the request, and not again within 45 seconds', async () => {
    const issued = await app.register();
    const seen = async () =>
      (await app.database.query('SELECT last_seen_at FROM website_users WHERE id = $1', [issued.tokens.user.id]))[0]!
        .last_seen_at as Date;
    const ask = async () => {
      await me(issued);
      await app.get(LastSeen).flush();
      return seen();
    };
    const atSignIn = await seen();
    expect(await ask()).toEqual(atSignIn);
    await change(issued, `last_seen_at = now() - interval '46 seconds'`);
    expect(Date.now() - (await ask()).getTime()).toBeLessThan(30_000);
  });
});

describe('what other services ask', () => {
  it('R-LK1: an address makes an owner only once it is verified', async () => {
    const issued = await app.register();
    const email = issued.tokens.user.email!.toUpperCase();
    const owner = async () => (await app.ask(ResolveOwner, { email }, { from: 'licensing' })).user_id;
    expect(await owner()).toBeNull();
    await change(issued, 'email_verified_at = now()');
    expect(await owner()).toBe(issued.tokens.user.id);
    await change(issued, 'deleted_at = now()');
    expect(await owner()).toBeNull();
  });

  it('D-delivery: a contact has name and address; a deleted account has none', async () => {
    const issued = await app.register();
    const { id: user_id, email, username } = issued.tokens.user;
    const contact = () => app.ask(ReadContact, { user_id }, { from: 'licensing' });
    await expect(contact()).resolves.toEqual({ user_id, email, username, display_name: null });
    await change(issued, 'deleted_at = now()');
    await expect(outcome(contact())).resolves.toBe('not_found');
  });
});
