import { hash } from '@node-rs/argon2';
import { ListSessions, Login, LoginFailed, LoginSucceeded, type IssuedTokens } from '#contracts';
import { actorOf, IdentityApp, issuedOf, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { HashQueue } from '../passwords/hash-queue.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => jest.restoreAllMocks());

const username = (issued: IssuedTokens): string => issued.tokens.user.username;
const unblock = () => app.database.query('UPDATE login_guards SET blocked_until = now()');
const failuresOf = async (issued: IssuedTokens) =>
  (await app.events(LoginFailed, issued.tokens.user.id)).map((f) => f.reason);
const change = (issued: IssuedTokens, to: string) =>
  app.database.query(`UPDATE website_users SET ${to} WHERE id = $1`, [issued.tokens.user.id]);

describe('a sign-in that is refused', () => {
  it.each([
    ['an unknown name', async () => ['nobody-at-all', PASSWORD]],
    ['an unknown address', async () => ['nobody@example.test', PASSWORD]],
    ['a wrong password', async () => [username(await app.register()), 'not that one at all']],
    ['an empty password', async () => [username(await app.register()), '']],
    [
      'a suspended account',
      async () => {
        const issued = await app.register();
        await change(issued, 'is_active = false');
        return [username(issued), PASSWORD];
      },
    ],
    [
      'a deleted account',
      async () => {
        const issued = await app.register();
        await change(issued, 'deleted_at = now()');
        return [username(issued), PASSWORD];
      },
    ],
    ['an account without a password', async () => [await passwordless(), PASSWORD]],
  ])('R-EN1 R-EN2 R-BF5: %s gets the same answer after one hash', async (_who, prepare) => {
    const [login, password] = await prepare();
    const run = jest.spyOn(app.get(HashQueue), 'run');
    const refused = await app.login(login!, password!).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'invalid_credentials', kind: 'unauthenticated', extras: {} });
    expect(run).toHaveBeenCalledTimes(1);
  });

  const passwordless = async (): Promise<string> => {
    const issued = await app.register();
    await change(issued, 'password_hash = NULL');
    return username(issued);
  };

  it('R-PW4: a password that differs in blanks, case or byte 73 is wrong', async () => {
    const password = `  Twelve and more, ${'x'.repeat(70)} `;
    const issued = await app.register({ password });
    for (const other of [password.trim(), password.toLowerCase(), password.slice(0, 72)]) {
      await expect(outcome(app.login(username(issued), other))).resolves.toBe('invalid_credentials');
    }
    await expect(outcome(app.login(username(issued), password))).resolves.toBe('ok');
  });

  it.each([
    ['a name', { login: 'row\u0000an' }],
    ['a client', { login: 'rowan', client_id: 'web\u0000' }],
  ])('R-LG4: a control character in %s is a bad request, not a failure of ours', async (_where, more) => {
    const refused = outcome(app.login(more.login, PASSWORD, more));
    await expect(refused).resolves.toBe('validation_failed');
  });

  it('R-BF1 R-BF5: after five failures the right password is refused for a while, with the same answer', async () => {
    const issued = await app.register();
    for (let i = 0; i < 5; i++) await outcome(app.login(username(issued), 'wrong and wrong again'));
    // Longer than a test takes on any machine.
    await app.database.query(`UPDATE login_guards SET blocked_until = now() + interval '1 hour' WHERE failures >= 5`);
    await expect(outcome(app.login(username(issued), PASSWORD))).resolves.toBe('invalid_credentials');
    expect(await failuresOf(issued)).toEqual([...Array<string>(5).fill('wrong_password'), 'blocked']);
    await unblock();
    await expect(outcome(app.login(username(issued), PASSWORD))).resolves.toBe('ok');
    await expect(outcome(app.login(username(issued), 'wrong'))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.login(username(issued), PASSWORD))).resolves.toBe('ok');
  });

  it('R-BF1: names that do not exist are counted alike, and the name itself is not kept', async () => {
    for (let i = 0; i < 6; i++) await outcome(app.login(' Ghost-Of-Nobody ', 'wrong and wrong again'));
    const guards = await app.database.query(
      'SELECT g::text AS row, blocked_until > now() AS blocked FROM login_guards g',
    );
    expect(guards.some((g) => g.blocked)).toBe(true);
    expect(JSON.stringify(guards).toLowerCase()).not.toContain('ghost');
  });

  it('H5: of 40 guesses at once the right one does not count when five wrong ones came before it', async () => {
    const issued = await app.register();
    for (let i = 0; i < 4; i++) await outcome(app.login(username(issued), 'wrong and wrong again'));
    // As if it had been blocked before: the next time is minutes, longer than all of this takes on any machine.
    await app.database.query('UPDATE login_guards SET failures = 10 WHERE failures = 4');
    const wrong = parallel(40, () => outcome(app.login(username(issued), 'guessing at random')));
    expect(new Set(await wrong)).toEqual(new Set(['invalid_credentials']));
    await expect(outcome(app.login(username(issued), PASSWORD))).resolves.toBe('invalid_credentials');
    const [guard] = await app.database.query('SELECT failures FROM login_guards ORDER BY failed_at DESC LIMIT 1');
    expect(guard).toEqual({ failures: 11 });
  });

  it('H5: 30 right sign-ins at once of one account all succeed', async () => {
    const issued = await app.register();
    const answers = await parallel(30, () => app.login(username(issued), PASSWORD));
    expect(new Set(answers.map((a) => a.session_id)).size).toBe(30);
  });

  it('B-contracts: an unknown client is told, a client without the grant is refused', async () => {
    const issued = await app.register();
    const login = (client_id: string) => outcome(app.login(username(issued), PASSWORD, { client_id }));
    await expect(login('nobody')).resolves.toBe('unknown_client');
    await expect(login('openalice-stream-host')).resolves.toBe('grant_not_allowed');
  });

  it('R-PW13: a sign-in that cannot be hashed in time is refused as overloaded, not queued', async () => {
    const issued = await app.register();
    const queue = app.get(HashQueue) as unknown as { busy: number; workers: number; jobMs: number };
    const { busy, jobMs } = queue;
    Object.assign(queue, { busy: queue.workers, jobMs: 60_000 });
    const refused = await app.login(username(issued), PASSWORD).catch((e: unknown) => e);
    Object.assign(queue, { busy, jobMs });
    expect(refused).toMatchObject({ code: 'overloaded', extras: { retry_after: expect.any(Number) } });
  });

  it('H4: a suspension that comes while tokens are being signed wins', async () => {
    const issued = await app.register();
    jest.spyOn(app.get(HashQueue), 'run').mockImplementationOnce(async (_deadline, job) => {
      const result = await job();
      await change(issued, 'is_active = false');
      return result;
    });
    await expect(outcome(app.login(username(issued), PASSWORD))).resolves.toBe('invalid_credentials');
    expect(await app.events(LoginSucceeded, issued.tokens.user.id)).toHaveLength(1);
  });
});

describe('a sign-in', () => {
  it('A-login E-login C-user.login: takes address or username in any case, and says who it is', async () => {
    const first = await app.register();
    for (const name of [first.tokens.user.email!, first.tokens.user.email!.toUpperCase(), ` ${username(first)} `]) {
      const issued = await app.login(name, PASSWORD);
      expect(issued).toMatchObject({ client_id: 'branchpy-cli', tokens: { token_type: 'Bearer', expires_in: 900 } });
      expect(issued.tokens).toMatchObject({ refresh_token: expect.any(String), license_token: expect.any(String) });
      expect(issued.tokens.user).toMatchObject({
        id: first.tokens.user.id,
        is_admin: false,
        last_login: expect.any(String),
      });
    }
  });

  it('C-user.login: finds addresses and usernames beyond ASCII as they were registered', async () => {
    const { email, username: name } = newcomer();
    const first = await app.register({ email: `ﬁnn.zoë.${email}`, username: `Ｚoë-${name}` });
    expect(username(first)).toBe(`Zoë-${name}`);
    for (const typed of [`ﬁnn.ZOË.${email}`, `Ｚoë-${name}`, `zoË-${name}`]) {
      await expect(outcome(app.login(typed, PASSWORD))).resolves.toBe('ok');
    }
  });

  it('A-token.access R-JW3: the access token says what the policy says', async () => {
    const issued = await app.register();
    const claims = claimsOf(issued.tokens.access_token);
    expect(claims).toEqual({
      iss: 'https://accounts.example.test',
      sub: issued.tokens.user.id,
      acr: 'urn:gatehouse:acr:single',
      aud: 'branchpy-api',
      iat: expect.any(Number),
      exp: (claims.iat as number) + 900,
      jti: expect.any(String),
      sid: issued.session_id,
      client_id: 'branchpy-cli',
      roles: [],
      amr: ['pwd'],
      auth_time: expect.any(Number),
    });
  });

  it('E-token: lifetimes are the client’s', async () => {
    const first = await app.register();
    const issued = await app.login(username(first), PASSWORD, { client_id: 'player-client' });
    expect(issued.tokens.expires_in).toBe(3_600);
    const days = (Date.parse(issued.refresh_expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.99);
    expect(days).toBeLessThanOrEqual(7);
  });

  it('R-SE2: every sign-in is a session of its own; an identifier from outside is never taken', async () => {
    const first = await app.register();
    const again = await app.login(username(first), PASSWORD);
    expect(again.session_id).not.toBe(first.session_id);
    expect(again.tokens.refresh_token).not.toBe(first.tokens.refresh_token);
    const planted = { refresh_token: first.tokens.refresh_token, session_id: first.session_id };
    await expect(outcome(app.login(username(first), PASSWORD, planted as object))).resolves.toBe('validation_failed');
  });

  it('C-sessions.list: keeps where it came from', async () => {
    const first = await app.register();
    const origin = { ip: '203.0.113.9', user_agent: 'curl/8' };
    const issued = issuedOf(await app.ask(Login, { login: username(first), password: PASSWORD }, { origin }));
    const { sessions } = await app.ask(ListSessions, {}, { actor: actorOf(issued) });
    expect(sessions.find((s) => s.current)).toMatchObject({ id: issued.session_id, ...origin });
  });

  it('R-PW11: a hash with older parameters is replaced, and a wrong password never changes one', async () => {
    const first = await app.register();
    const old = await hash(PASSWORD, { memoryCost: 32, timeCost: 3, parallelism: 1 });
    const read = async () =>
      (await app.database.query('SELECT password_hash FROM website_users WHERE id = $1', [first.tokens.user.id]))[0]!
        .password_hash as string;
    await app.database.query('UPDATE website_users SET password_hash = $2 WHERE id = $1', [first.tokens.user.id, old]);
    await outcome(app.login(username(first), 'not the right one'));
    expect(await read()).toBe(old);
    await app.login(username(first), PASSWORD);
    expect(await read()).toContain('m=64,t=1,p=1');
    await expect(outcome(app.login(username(first), PASSWORD))).resolves.toBe('ok');
  });

  it('A-events: is told as auth.login_success, a refused one as auth.login_failed', async () => {
    const first = await app.register();
    await outcome(app.login(username(first), 'not the right one'));
    const told = await app.events(LoginSucceeded, first.tokens.user.id);
    expect(told).toEqual([
      { user_id: first.tokens.user.id, session_id: first.session_id, client_id: 'branchpy-cli', amr: ['pwd'] },
    ]);
    expect(await failuresOf(first)).toEqual(['wrong_password']);
    expect([LoginSucceeded.publicName, LoginFailed.publicName]).toEqual(['auth.login_success', 'auth.login_failed']);
  });
});
