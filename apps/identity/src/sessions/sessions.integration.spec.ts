import { randomUUID } from 'node:crypto';
import {
  IssueServiceToken,
  ListRevocations,
  ListSessions,
  Logout,
  ReadMe,
  RevokeSession,
  SessionEnded,
  SessionsRevoked,
  type IssuedTokens,
  type LogoutRequest,
} from '#contracts';
import { actorOf, IdentityApp, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { Housekeeping } from '../housekeeping/housekeeping.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const again = (first: IssuedTokens) => app.login(first.tokens.user.username, PASSWORD);
const logout = (input: LogoutRequest, as?: IssuedTokens) => app.ask(Logout, input, as ? { actor: actorOf(as) } : {});
const refresh = (issued: IssuedTokens) => outcome(app.refresh(issued.tokens.refresh_token));
const me = (issued: IssuedTokens) => outcome(app.ask(ReadMe, {}, { actor: actorOf(issued) }));
const list = async (issued: IssuedTokens) =>
  (await app.ask(ListSessions, {}, { actor: actorOf(issued) })).sessions.map((s) => s.id);
const revoke = (issued: IssuedTokens, session_id: string) =>
  app.ask(RevokeSession, { session_id }, { actor: actorOf(issued) });
const revokedOf = async (issued: IssuedTokens) => app.events(SessionsRevoked, issued.tokens.user.id);

describe('ending sessions', () => {
  it('C-sessions.revoke R-AD5: another’s session is not there, and lives on', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await expect(outcome(revoke(one, other.session_id))).resolves.toBe('not_found');
    await expect(outcome(revoke(one, randomUUID()))).resolves.toBe('not_found');
    await expect(me(other)).resolves.toBe('ok');
  });

  it('C-sessions.revoke: who has been signed out ends nobody else’s session', async () => {
    const first = await app.register();
    const second = await again(first);
    await logout({}, first);
    await expect(outcome(revoke(first, second.session_id))).resolves.toBe('invalid_token');
    await expect(outcome(list(first))).resolves.toBe('invalid_token');
    await expect(me(second)).resolves.toBe('ok');
  });

  it('C-sessions.revoke R-JW9: refresh from there fails, its access tokens are on the revocation list', async () => {
    const first = await app.register();
    const second = await again(first);
    await expect(revoke(first, second.session_id)).resolves.toEqual({ session_ids: [second.session_id] });
    await expect(refresh(second)).resolves.toBe('refresh_token_invalid');
    await expect(me(second)).resolves.toBe('invalid_token');
    await expect(refresh(first)).resolves.toBe('ok');
    const { revocations } = await app.ask(ListRevocations, {});
    const entry = revocations.find((r) => r.id === second.session_id)!;
    const { exp } = claimsOf(second.tokens.access_token) as { exp: number };
    expect(Date.parse(entry.expires_at)).toBeGreaterThan(exp * 1_000);
    expect(await revokedOf(first)).toMatchObject([{ session_ids: [second.session_id], reason: 'user_revoked' }]);
    await expect(outcome(revoke(first, second.session_id))).resolves.toBe('not_found');
  });

  it('C-sessions.revoke: ten who end one session at once end it once', async () => {
    const first = await app.register();
    const second = await again(first);
    const outcomes = await parallel(10, () => outcome(revoke(first, second.session_id)));
    expect(outcomes.sort()).toEqual([...Array<string>(9).fill('not_found'), 'ok']);
    expect(await revokedOf(first)).toHaveLength(1);
  });

  it('C-sessions.list: shows the live ones and which is the caller’s, and nobody else’s', async () => {
    const first = await app.register();
    const [second, third] = [await again(first), await again(first)];
    await app.register();
    await app.database.query('UPDATE auth_sessions SET idle_expires_at = now() WHERE id = $1', [third.session_id]);
    const { sessions } = await app.ask(ListSessions, {}, { actor: actorOf(first) });
    expect(sessions.map((s) => s.id).sort()).toEqual([first.session_id, second.session_id].sort());
    expect(sessions.filter((s) => s.current).map((s) => s.id)).toEqual([first.session_id]);
  });
});

describe('signing out', () => {
  it('B-cookie.logout: answers the same for no token, garbage, and a token used up', async () => {
    const first = await app.register();
    for (const input of [{}, { refresh_token: 'garbage' }, { refresh_token: 'A'.repeat(71), all: true }]) {
      await expect(logout(input)).resolves.toEqual({ session_ids: [] });
    }
    const refresh_token = first.tokens.refresh_token!;
    await expect(logout({ refresh_token })).resolves.toEqual({ session_ids: [first.session_id] });
    await expect(logout({ refresh_token })).resolves.toEqual({ session_ids: [] });
  });

  it('R-SE4 A-events: kills refresh and access tokens, and is told', async () => {
    const first = await app.register();
    await logout({ refresh_token: first.tokens.refresh_token! });
    await expect(refresh(first)).resolves.toBe('refresh_token_invalid');
    await expect(me(first)).resolves.toBe('invalid_token');
    const { id: user_id } = first.tokens.user;
    expect(await app.events(SessionEnded, user_id)).toEqual([{ user_id, session_id: first.session_id }]);
    expect(await revokedOf(first)).toMatchObject([{ session_ids: [first.session_id], reason: 'logout' }]);
  });

  it('R-SE4: works with the bearer alone, and with a token whose successor the client never saw', async () => {
    const first = await app.register();
    await expect(logout({}, first)).resolves.toEqual({ session_ids: [first.session_id] });
    const second = await again(first);
    await app.refresh(second.tokens.refresh_token);
    await logout({ refresh_token: second.tokens.refresh_token! });
    await expect(me(second)).resolves.toBe('invalid_token');
  });

  it('R-SE6: all=true ends every session of that person only', async () => {
    const [first, stranger] = [await app.register(), await app.register()];
    const second = await again(first);
    const third = await again(first);
    const { session_ids } = await logout({ refresh_token: second.tokens.refresh_token!, all: true });
    expect(session_ids.sort()).toEqual([first, second, third].map((s) => s.session_id).sort());
    for (const issued of [first, second, third]) await expect(refresh(issued)).resolves.toBe('refresh_token_invalid');
    await expect(refresh(stranger)).resolves.toBe('ok');
  });

  it('R-SE6: a token that was used up long ago ends its own session and not all others', async () => {
    const first = await app.register();
    const second = await again(first);
    await app.refresh((await app.refresh(second.tokens.refresh_token)).tokens.refresh_token);
    const { session_ids } = await logout({ refresh_token: second.tokens.refresh_token!, all: true });
    expect(session_ids).toEqual([second.session_id]);
    await expect(me(first)).resolves.toBe('ok');
  });

  it('H4: of 20 refreshes beside a sign-out none that comes later succeeds', async () => {
    const first = await app.register();
    const racing = parallel(20, () => refresh(first));
    await logout({}, first);
    await expect(refresh(first)).resolves.toBe('refresh_token_invalid');
    await racing;
    await expect(me(first)).resolves.toBe('invalid_token');
  });
});

it('D-internal-auth: a service token is for internal endpoints, its scopes and fifteen minutes', async () => {
  const issued = await app.ask(IssueServiceToken, { caller: 'billing', scopes: ['billing.plan_changes', 'x'] });
  expect(issued).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'billing.plan_changes x' });
  const { iat, exp, ...claims } = claimsOf(issued.access_token) as { iat: number; exp: number };
  expect(exp - iat).toBe(900);
  expect(claims).toEqual({
    iss: 'https://accounts.example.test',
    sub: 'billing',
    aud: 'gatehouse-internal',
    client_id: 'billing',
    scope: 'billing.plan_changes x',
    jti: expect.any(String),
  });
});

it('A-sessions: housekeeping removes what is long over and nothing else', async () => {
  const [dead, live] = [await app.register(), await app.register()];
  await logout({}, dead);
  await app.database.query(`UPDATE auth_sessions SET revoked_at = now() - interval '31 days' WHERE id = $1`, [
    dead.session_id,
  ]);
  await app.database.query(
    `UPDATE session_revocations SET expires_at = now() - interval '1 second' WHERE session_id = $1`,
    [dead.session_id],
  );
  await app.get(Housekeeping).sweep();
  const left = await app.database.query<{ id: string }>('SELECT id FROM auth_sessions');
  expect(left.map((s) => s.id)).not.toContain(dead.session_id);
  await expect(list(live)).resolves.toEqual([live.session_id]);
  const { revocations } = await app.ask(ListRevocations, {});
  expect(revocations.map((r) => r.id)).not.toContain(dead.session_id);
});
