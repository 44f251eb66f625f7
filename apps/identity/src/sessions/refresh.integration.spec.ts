import { ReadMe, RefreshFailed, SessionRefreshed, SessionsRevoked, SignToken, type IssuedTokens } from '#contracts';
import { requestContext } from '#boot';
import { Bus } from '#bus';
import { actorOf, IdentityApp, outcome, parallel } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { hashToken } from './refresh-token.rules.js';
import { RefreshService } from './refresh.service.js';
import { altered } from '../../../../test/support/altered.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => {
  app.secrets.sealed = false;
  jest.restoreAllMocks();
});

const stored = async (issued: IssuedTokens) =>
  (
    await app.database.query<{
      generation: number;
      refresh_token_hash: Buffer;
      revoked_reason: string | null;
      idle_expires_at: Date;
      expires_at: Date;
    }>('SELECT * FROM auth_sessions WHERE id = $1', [issued.session_id])
  )[0]!;
const set = (issued: IssuedTokens, change: string) =>
  app.database.query(`UPDATE auth_sessions SET ${change} WHERE id = $1`, [issued.session_id]);
const token = (issued: IssuedTokens): string => issued.tokens.refresh_token!;
/** Watches the statements that are made for requests: what the app does by itself meanwhile is not among them. */
const statements = (): string[] => {
  const made: string[] = [];
  const execute = app.transactions.execute.bind(app.transactions);
  jest.spyOn(app.transactions, 'execute').mockImplementation((sql, params) => {
    if (requestContext.getStore()) made.push(sql);
    return execute(sql, params) as never;
  });
  return made;
};
const eventsOf = async (issued: IssuedTokens) => {
  const key = issued.tokens.user.id;
  const [refreshed, failed, revoked] = await Promise.all([
    app.events(SessionRefreshed, key),
    app.events(RefreshFailed, key),
    app.events(SessionsRevoked, key),
  ]);
  return { refreshed, failed: failed.map((f) => f.reason), revoked };
};

describe('a refresh that is refused', () => {
  it('R-RF7: what is not authentic never reaches the database', async () => {
    const first = await app.register();
    const seen = statements();
    const garbage = ['x', token(first).slice(1), altered(token(first)), 'A'.repeat(71), '..', '\u0000'];
    for (const text of garbage) await expect(outcome(app.refresh(text))).resolves.toBe('refresh_token_invalid');
    expect(seen).toEqual([]);
    await app.refresh(token(first));
    expect(seen).toContainEqual(expect.stringContaining('UPDATE auth_sessions'));
  });

  it('R-RF7 A-sessions: the database holds no token, only the hash of the current one', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    const row = await stored(second);
    expect(row.refresh_token_hash).toEqual(hashToken(token(second)));
    const dump = JSON.stringify(await app.database.query('SELECT s::text FROM auth_sessions s'));
    for (const secret of [token(first), token(second)]) expect(dump).not.toContain(secret);
  });

  it('R-RF2 A-refresh: a replay outside the grace window ends that session, its access tokens, and no other', async () => {
    const first = await app.register();
    const other = await app.login(first.tokens.user.email!, 'a lantern in the long grass');
    const second = await app.refresh(token(first));
    await set(first, `rotated_at = now() - interval '31 seconds'`);
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_reused');
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_reused');
    await expect(outcome(app.refresh(token(second)))).resolves.toBe('refresh_token_invalid');
    await expect(outcome(app.ask(ReadMe, {}, { actor: actorOf(second) }))).resolves.toBe('invalid_token');
    await expect(outcome(app.refresh(token(other)))).resolves.toBe('ok');
    const { failed, revoked } = await eventsOf(first);
    expect(failed).toEqual(['reused', 'revoked', 'revoked']);
    expect(revoked).toEqual([
      {
        user_id: first.tokens.user.id,
        session_ids: [first.session_id],
        reason: 'reuse',
        expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
  });

  it('R-RF2: two behind is theft even within the grace window', async () => {
    const first = await app.register();
    await app.refresh(token(await app.refresh(token(first))));
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_reused');
    expect((await stored(first)).revoked_reason).toBe('reuse');
  });

  it.each([
    ['idle', `idle_expires_at = now() - interval '1 second'`],
    ['absolute', `expires_at = now() - interval '1 second'`],
  ])('R-RF6 A-refresh: past its %s expiry the session ends', async (_kind, change) => {
    const first = await app.register();
    await set(first, change);
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_expired');
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_expired');
    expect((await stored(first)).revoked_reason).toBe('expired');
    expect((await eventsOf(first)).failed).toEqual(['expired', 'revoked']);
  });

  it('R-RF9: the token of one client is refused for another, and the session lives on', async () => {
    const first = await app.register();
    await expect(outcome(app.refresh(token(first), { client_id: 'web' }))).resolves.toBe('refresh_token_invalid');
    await expect(outcome(app.refresh(token(first), { client_id: 'nobody' }))).resolves.toBe('refresh_token_invalid');
    await expect(outcome(app.refresh(token(first), { client_id: 'we\u0000b' }))).resolves.toBe('validation_failed');
    expect((await eventsOf(first)).failed).toEqual(['wrong_client', 'wrong_client']);
    await expect(outcome(app.refresh(token(first), { client_id: 'branchpy-cli' }))).resolves.toBe('ok');
  });

  it.each(['is_active = false', 'deleted_at = now()'])('R-SE5: an account with %s gets none', async (change) => {
    const first = await app.register();
    await app.database.query(`UPDATE website_users SET ${change} WHERE id = $1`, [first.tokens.user.id]);
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_invalid');
    expect((await eventsOf(first)).failed).toEqual(['inactive']);
  });

  it('R-RF7: an authentic token of a session that is not there, or of a generation to come, is invalid', async () => {
    const first = await app.register();
    await set(first, `refresh_token_hash = '\\x00'`);
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_invalid');
    await app.database.query('DELETE FROM auth_sessions WHERE id = $1', [first.session_id]);
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('refresh_token_invalid');
  });
});

describe('a refresh', () => {
  it('R-RF4 H1: 20 parallel refreshes of one token give 20 answers, one successor and one generation more', async () => {
    const first = await app.register();
    const answers = await parallel(20, () => app.refresh(token(first)));
    expect(new Set(answers.map(token)).size).toBe(1);
    expect((await stored(first)).generation).toBe(1);
    expect((await eventsOf(first)).refreshed).toHaveLength(1);
    await expect(outcome(app.refresh(token(answers[0]!)))).resolves.toBe('ok');
  });

  it('R-RF4: the same holds across replicas', async () => {
    await app.replica();
    const first = await app.register();
    const answers = await parallel(20, () => app.refresh(token(first)));
    expect(new Set(answers.map(token)).size).toBe(1);
    expect((await stored(first)).generation).toBe(1);
  });

  it('R-RF3: a replay inside the grace window returns the same successor', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    const again = await app.refresh(token(first));
    expect(token(again)).toBe(token(second));
    expect(again.tokens.access_token).not.toBe(second.tokens.access_token);
  });

  it('R-RF5 REL9: an answer that is lost after the commit is given again', async () => {
    const first = await app.register();
    app.secrets.sealed = true;
    await expect(outcome(app.refresh(token(first)))).resolves.toBe('unavailable');
    expect((await stored(first)).generation).toBe(1);
    app.secrets.sealed = false;
    const second = await app.refresh(token(first));
    expect((await stored(first)).generation).toBe(1);
    await expect(outcome(app.refresh(token(second)))).resolves.toBe('ok');
  });

  it('R-RF6: use moves the idle expiry and never the absolute one', async () => {
    const first = await app.register();
    const before = await stored(first);
    await set(first, `idle_expires_at = now() + interval '1 minute', expires_at = now() + interval '1 hour'`);
    const second = await app.refresh(token(first));
    const after = await stored(second);
    expect(after.idle_expires_at).toEqual(after.expires_at);
    expect(after.expires_at.getTime()).toBeLessThan(before.expires_at.getTime());
    expect(second.refresh_expires_at).toBe(after.expires_at.toISOString());
  });

  it('R-RF6: an access token does not outlive its session', async () => {
    const first = await app.register();
    await set(first, `expires_at = now() + interval '1 minute'`);
    const second = await app.refresh(token(first));
    expect(second.tokens.expires_in).toBeLessThanOrEqual(60);
    const { iat, exp } = claimsOf(second.tokens.access_token) as { iat: number; exp: number };
    expect(exp - iat).toBe(second.tokens.expires_in);
  });

  it('R-RF10: leaves the access token before it alone', async () => {
    const first = await app.register();
    await app.refresh(token(first));
    await expect(app.ask(ReadMe, {}, { actor: actorOf(first) })).resolves.toMatchObject({ id: first.tokens.user.id });
    expect((await eventsOf(first)).revoked).toEqual([]);
  });

  it('R-RF8: keeps audience, roles, ways of proof and time of sign-in', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    const { iat: _i, exp: _e, jti: before, ...claims } = claimsOf(first.tokens.access_token);
    const { iat: _j, exp: _f, jti: after, ...same } = claimsOf(second.tokens.access_token);
    expect(same).toEqual(claims);
    expect(after).not.toBe(before);
  });

  it('C-token.refresh: is one statement and one question to a neighbour in the steady case', async () => {
    const first = await app.register();
    const second = await app.refresh(token(first));
    const seen = statements();
    const send = jest.spyOn(app.get(Bus), 'send');
    const call = { caller: 'gateway' as const, origin: {}, request_id: 'r', deadline: Date.now() + 5_000 };
    await requestContext.run({ requestId: call.request_id }, () =>
      app.get(RefreshService).refresh({ refresh_token: token(second) }, call),
    );
    expect(seen).toHaveLength(1);
    expect(send.mock.calls.map(([command]) => command.name)).toEqual([SignToken.name]);
  });

  it('F-plan-change: works with the policy in force now, not the one of the sign-in', async () => {
    const first = await app.register();
    await app.database.query(`UPDATE client_policies SET access_ttl = 600 WHERE client_id = 'branchpy-cli'`);
    const second = await app.refresh(token(first));
    await app.database.query(`UPDATE client_policies SET access_ttl = 900 WHERE client_id = 'branchpy-cli'`);
    expect(second.tokens.expires_in).toBe(600);
  });
});
