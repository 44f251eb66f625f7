import { randomUUID } from 'node:crypto';
import {
  AddRole,
  CloseUser,
  EndSession,
  Impersonate,
  ImpersonationStarted,
  ListDevices,
  ListSessions,
  ReadMe,
  ReadSession,
  ReadUser,
  RemoveRole,
  RestoreUser,
  RolesChanged,
  SearchAudit,
  SearchSessions,
  SearchUsers,
  SessionsRevoked,
  SetRoles,
  SignOutUser,
  SuspendUser,
  TriggerPasswordReset,
  type SearchUsersRequest,
  type UserActor,
} from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp, issuedOf, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';

const ADMIN = { adminUsername: 'warden', adminPassword: 'seventeen owls at dusk' };
let app: IdentityApp;
let admin: UserActor;
beforeAll(async () => {
  app = await IdentityApp.start(ADMIN);
  admin = actorOf(await app.login('warden', ADMIN.adminPassword));
});
afterAll(() => app?.stop());

/** Somebody with an account, and what there is to know about them. */
async function somebody(roles: string[] = []) {
  const who = newcomer();
  const issued = await app.register(who);
  const user_id = issued.tokens.user.id;
  if (!roles.length) return { ...who, issued, user_id, actor: actorOf(issued) };
  await app.ask(SetRoles, { user_id, roles }, { actor: admin });
  return { ...who, issued, user_id, actor: actorOf(await app.login(who.email, who.password)) };
}
const as = (actor: UserActor) => ({ actor });
const find = async (asked: SearchUsersRequest) => (await app.ask(SearchUsers, asked, as(admin))).users.map((u) => u.id);

describe('accounts as staff sees them', () => {
  it('B-introspection: are found by address, username, id, role and state, page by page', async () => {
    const [one, two] = [await somebody(), await somebody(['auditor'])];
    expect(await find({ email: one.email.toUpperCase().slice(0, -5) })).toEqual([one.user_id]);
    expect(await find({ username: one.username })).toEqual([one.user_id]);
    expect(await find({ q: one.user_id })).toEqual([one.user_id]);
    expect(await find({ q: two.username.slice(0, -1) })).toContain(two.user_id);
    expect(await find({ role: 'auditor' })).toEqual([two.user_id]);
    expect(await find({ q: '%' })).toEqual([]);
    const first = await app.ask(SearchUsers, { limit: 1 }, as(admin));
    const second = await app.ask(SearchUsers, { limit: 1, cursor: first.next_cursor! }, as(admin));
    expect([first.users[0]!.id, second.users[0]!.id]).toEqual([two.user_id, one.user_id]);
    await expect(outcome(app.ask(SearchUsers, { cursor: 'x' }, as(admin)))).resolves.toBe('validation_failed');
    await expect(outcome(app.ask(ReadUser, { user_id: randomUUID() }, as(admin)))).resolves.toBe('not_found');
  });

  it('R-SE5 R-BF5: a suspended account has no session, and every answer is that to a wrong password', async () => {
    const { user_id, email, username, issued } = await somebody();
    const { session_ids, user } = await app.ask(SuspendUser, { user_id, reason: 'spam' }, as(admin));
    expect(user).toMatchObject({ account_status: 'suspended', is_active: false, sessions: 0 });
    expect(session_ids).toContain(issued.session_id);
    expect((await app.events(SessionsRevoked, user_id))[0]).toMatchObject({ reason: 'suspended' });
    for (const name of [email, username]) {
      await expect(outcome(app.login(name, PASSWORD))).resolves.toBe('invalid_credentials');
    }
    await expect(outcome(app.refresh(issued.tokens.refresh_token))).resolves.toBe('refresh_token_invalid');
    expect(await find({ q: user_id, status: 'suspended' })).toEqual([user_id]);
    expect((await app.ask(SuspendUser, { user_id }, as(admin))).session_ids).toEqual([]);
    await app.ask(RestoreUser, { user_id }, as(admin));
    await expect(outcome(app.login(email, PASSWORD))).resolves.toBe('ok');
  });

  it('a deleted account keeps its address, is found on demand, and can be restored', async () => {
    const { user_id, email } = await somebody();
    await app.ask(CloseUser, { user_id }, as(admin));
    await expect(outcome(app.login(email, PASSWORD))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.register({ email }))).resolves.toBe('email_taken');
    expect(await find({ q: user_id })).toEqual([]);
    expect(await find({ q: user_id, status: 'deleted' })).toEqual([user_id]);
    await expect(outcome(app.ask(CloseUser, { user_id }, as(admin)))).resolves.toBe('not_found');
    expect((await app.ask(RestoreUser, { user_id }, as(admin))).user.account_status).toBe('active');
  });

  it('R-SE6 R-DP4: signing out ends sessions and devices, and only theirs', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const second = await app.login(one.email, PASSWORD);
    await app.database.query(
      `INSERT INTO devices (id, user_id, client_id, name, token_id, expires_at)
       VALUES ($1, $2, 'openalice-stream-host', 'Box', $3, now() + interval '90 days')`,
      [randomUUID(), one.user_id, `token-${one.user_id}`],
    );
    const { session_ids } = await app.ask(SignOutUser, { user_id: one.user_id }, as(admin));
    expect(session_ids.sort()).toEqual([one.issued.session_id, second.session_id, `token-${one.user_id}`].sort());
    await expect(outcome(app.ask(ListDevices, {}, as(one.actor)))).resolves.toBe('invalid_token');
    await expect(outcome(app.ask(ReadMe, {}, as(other.actor)))).resolves.toBe('ok');
  });

  it('R-SE6 B-introspection: one session is found, read and ended, also afterwards', async () => {
    const { user_id, issued, actor } = await somebody();
    const { sessions } = await app.ask(SearchSessions, { user_id }, as(admin));
    expect(sessions).toEqual([expect.objectContaining({ id: issued.session_id, active: true, amr: ['pwd'] })]);
    const session_id = issued.session_id;
    expect((await app.ask(EndSession, { session_id }, as(admin))).session_ids).toEqual([session_id]);
    expect((await app.ask(EndSession, { session_id }, as(admin))).session_ids).toEqual([]);
    expect(await app.ask(ReadSession, { session_id }, as(admin))).toMatchObject({
      ...{ active: false, revoked_reason: 'admin_revoked' },
    });
    await expect(outcome(app.ask(ReadMe, {}, as(actor)))).resolves.toBe('invalid_token');
    expect((await app.ask(SearchSessions, { user_id }, as(admin))).sessions).toEqual([]);
    expect((await app.ask(SearchSessions, { user_id, active: false }, as(admin))).sessions).toHaveLength(1);
    const none = { session_id: randomUUID() };
    await expect(outcome(app.ask(EndSession, none, as(admin)))).resolves.toBe('not_found');
    await expect(outcome(app.ask(ReadSession, none, as(admin)))).resolves.toBe('not_found');
  });

  it('R-RC10: a reset is mailed to the person; no answer holds anything of it', async () => {
    const { user_id } = await somebody();
    expect(await app.ask(TriggerPasswordReset, { user_id }, as(admin))).toEqual({});
    const mails = await app.database.query('SELECT kind FROM one_time_tokens WHERE user_id = $1', [user_id]);
    expect(mails).toContainEqual({ kind: 'reset_password' });
    const { user_id: warden } = admin;
    await expect(outcome(app.ask(TriggerPasswordReset, { user_id: warden }, as(admin)))).resolves.toBe('no_address');
  });
});

describe('roles', () => {
  it('B-roles R-SE2: are given and taken, and the sessions that state the old ones end', async () => {
    const { user_id, issued, email } = await somebody();
    const given = await app.ask(AddRole, { user_id, role: 'support' }, as(admin));
    expect([given.user.roles, given.session_ids]).toEqual([['support'], [issued.session_id]]);
    const again = await app.login(email, PASSWORD);
    expect(claimsOf(again.tokens.access_token).roles).toEqual(['support']);
    expect((await app.ask(AddRole, { user_id, role: 'support' }, as(admin))).session_ids).toEqual([]);
    const taken = await app.ask(RemoveRole, { user_id, role: 'support' }, as(admin));
    expect([taken.user.roles, taken.session_ids]).toEqual([[], [again.session_id]]);
    expect(await app.events(RolesChanged, user_id)).toEqual([
      { user_id, roles: ['support'], before: [] },
      { user_id, roles: [], before: ['support'] },
    ]);
  });

  it('B-roles: a role that there is not cannot be given', async () => {
    const { user_id } = await somebody();
    const emperor = { user_id, role: 'emperor' };
    await expect(outcome(app.ask(AddRole, emperor, as(admin)))).resolves.toBe('validation_failed');
    await expect(outcome(app.ask(SetRoles, { user_id, roles: ['*'] }, as(admin)))).resolves.toBe('validation_failed');
    const nobody = { user_id: randomUUID(), role: 'support' };
    await expect(outcome(app.ask(AddRole, nobody, as(admin)))).resolves.toBe('not_found');
  });

  it('B-roles: nobody has power over those who may do more, and trying leaves a trace', async () => {
    const { actor } = await somebody(['moderator']);
    const target = { user_id: admin.user_id };
    for (const command of [SuspendUser, CloseUser, SignOutUser, TriggerPasswordReset, RestoreUser]) {
      await expect(outcome(app.ask(command, target, as(actor)))).resolves.toBe('forbidden');
    }
    const own = { user_id: actor.user_id, role: 'admin' };
    await expect(outcome(app.ask(AddRole, own, as(actor)))).resolves.toBe('forbidden');
    const session = { session_id: admin.session_id };
    await expect(outcome(app.ask(EndSession, session, as(actor)))).resolves.toBe('forbidden');
    const trace = { user_id: admin.user_id, event: 'auth.admin_refused' };
    const entries = await eventually('the traces', 30_000, async () => {
      const found = (await app.ask(SearchAudit, trace, as(admin))).entries;
      return found.length >= 6 ? found : undefined;
    });
    expect(entries[0]).toMatchObject({ outcome: 'failure', cause: 'forbidden', actor_id: actor.user_id });
  });

  it('B-roles: more refusals at once than there are connections are all told, and none waits for another', async () => {
    const { actor, user_id } = await somebody(['moderator']);
    const refused = await parallel(15, () => outcome(app.ask(SuspendUser, { user_id: admin.user_id }, as(actor))));
    expect(new Set(refused)).toEqual(new Set(['forbidden']));
    await eventually('the traces', 30_000, async () => {
      const { entries } = await app.ask(SearchAudit, { actor_id: user_id, event: 'auth.admin_refused' }, as(admin));
      return entries.length === 15 || undefined;
    });
  });

  it('R-AD4: the last admin can be neither demoted nor suspended nor deleted, not even by themself', async () => {
    const { user_id } = admin;
    const tries = [
      app.ask(RemoveRole, { user_id, role: 'admin' }, as(admin)),
      app.ask(SetRoles, { user_id, roles: ['support'] }, as(admin)),
      app.ask(SuspendUser, { user_id }, as(admin)),
      app.ask(CloseUser, { user_id }, as(admin)),
    ];
    for (const attempt of tries) await expect(outcome(attempt)).resolves.toBe('last_admin');
    await expect(outcome(app.ask(ReadMe, {}, as(admin)))).resolves.toBe('ok');
  });

  it('R-AD4: of admins that demote, suspend and delete each other at once one is left', async () => {
    for (let round = 0; round < 5; round++) {
      const others = await parallel(3, () => somebody(['admin']));
      const circle = [...others.map((o) => o.actor), admin];
      await parallel(circle.length, (i) => {
        const target = { user_id: circle[(i + 1) % circle.length]!.user_id };
        const command = [SuspendUser, CloseUser, SuspendUser, CloseUser][i]!;
        const demotion = () => app.ask(RemoveRole, { ...target, role: 'admin' }, as(circle[i]!));
        return outcome(i === round % 4 ? demotion() : app.ask(command, target, as(circle[i]!)));
      });
      const left = await app.database.query(
        `SELECT id FROM website_users WHERE 'admin' = ANY (roles) AND is_active AND deleted_at IS NULL`,
      );
      expect(left).toHaveLength(1);
      await app.database.query(
        `UPDATE website_users SET roles = CASE WHEN id = $1 THEN '{admin}'::text[] ELSE '{}' END, is_active = true,
           deleted_at = NULL WHERE 'admin' = ANY (roles) OR id = $1`,
        [admin.user_id],
      );
    }
    admin = actorOf(await app.login('warden', ADMIN.adminPassword));
  });
});

describe('in a person’s name', () => {
  const impersonate = (user_id: string, actor = admin) =>
    app.ask(Impersonate, { user_id, reason: 'ticket 4711' }, { actor, timeoutMs: 20_000 });

  it('R-AD3: a session of an hour at most, without refresh or license token, that says who acts', async () => {
    const { user_id, actor } = await somebody();
    const before = await app.ask(ReadUser, { user_id }, as(admin));
    const issued = issuedOf(await impersonate(user_id));
    expect(issued.tokens).not.toHaveProperty('refresh_token');
    expect(issued.tokens).not.toHaveProperty('license_token');
    expect(issued).not.toHaveProperty('device_token');
    const claims = claimsOf(issued.tokens.access_token) as { iat: number; exp: number };
    expect(claims).toMatchObject({ sub: user_id, act: { sub: admin.user_id }, amr: ['impersonation'], roles: [] });
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(3_600);
    const inName = { ...actorOf(issued), impersonator_id: admin.user_id };
    expect(await app.ask(ReadMe, {}, as(inName))).toMatchObject({ id: user_id, impersonated: true });
    const { sessions } = await app.ask(ListSessions, {}, as(actor));
    expect(sessions.find((s) => s.id === issued.session_id)).toMatchObject({ impersonated_by: admin.user_id });
    expect(sessions.find((s) => s.current)).not.toHaveProperty('impersonated_by');
    expect((await app.ask(ReadUser, { user_id }, as(admin))).last_login).toBe(before.last_login);
    expect(await app.events(ImpersonationStarted, user_id)).toEqual([
      { user_id, impersonator_id: admin.user_id, session_id: issued.session_id },
    ]);
  });

  it('R-AD3 R-LG1: the audit log says who did it and why', async () => {
    const { user_id } = await somebody();
    await impersonate(user_id);
    const [entry] = await eventually('the entry', 30_000, async () => {
      const asked = { user_id, event: 'auth.impersonation_started' };
      const { entries } = await app.ask(SearchAudit, asked, as(admin));
      return entries.length ? entries : undefined;
    });
    expect(entry).toMatchObject({ actor_id: admin.user_id, note: 'ticket 4711', user_id });
  });

  it('R-AD3: not of staff, not of oneself, not of who may not sign in, nor of nobody', async () => {
    const [helper, gone] = [await somebody(['support']), await somebody()];
    await app.ask(SuspendUser, { user_id: gone.user_id }, as(admin));
    for (const user_id of [helper.user_id, gone.user_id, admin.user_id]) {
      await expect(outcome(impersonate(user_id))).resolves.toBe('not_impersonable');
    }
    await expect(outcome(impersonate(randomUUID()))).resolves.toBe('not_found');
  });

  it('R-AD3 R-MF7: a person’s second factor is not in the way, and is not said to have been shown', async () => {
    const { user_id } = await somebody();
    await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [user_id]);
    const claims = claimsOf(issuedOf(await impersonate(user_id)).tokens.access_token);
    expect(claims).toMatchObject({ amr: ['impersonation'], acr: 'urn:gatehouse:acr:single' });
  });

  it('R-AD3 R-SE5: the person, and whatever ends the person’s sessions, ends it too', async () => {
    const { user_id } = await somebody();
    const issued = issuedOf(await impersonate(user_id));
    const { session_ids } = await app.ask(SuspendUser, { user_id }, as(admin));
    expect(session_ids).toContain(issued.session_id);
  });
});
