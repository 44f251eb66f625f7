import { decodeJwt } from 'jose';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { login, mailsTo, me, newcomer, refresh, register, type SignedIn } from '../support/people.js';
import { adminToken, asStaff } from '../support/staff.js';

let dev: DevInfo;
let staff: string;
beforeAll(async () => {
  dev = await stack();
  staff = await adminToken(dev);
}, 120_000);

const admin = (method: string, path: string, json?: object, token = staff) => asStaff(dev, token, method, path, json);
const told = ({ status, body }: { status: number; body: { code?: string } }) => [status, body?.code];
/** Somebody with these roles, signed in since they have them. */
async function holder(roles: string[]): Promise<SignedIn> {
  const who = await register(dev);
  expect((await admin('PUT', `/users/${who.userId}/roles`, { roles })).status).toBe(200);
  const { body } = await login(dev, who);
  return { ...who, accessToken: body.access_token, refreshToken: body.refresh_token };
}

describe('an admin', () => {
  it('E-guard: nobody else gets in: 401 without a token, 403 for a player', async () => {
    const who = await register(dev);
    const nobody = await call('GET', `${dev.public_url}/v1/admin/users`);
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    for (const path of ['/users', `/users/${who.userId}`, '/sessions', '/audit', '/clients', '/roles']) {
      expect(told(await admin('GET', path, undefined, who.accessToken))).toEqual([403, 'forbidden']);
    }
  });

  it('B-introspection: finds people, looks at them and at their sessions', async () => {
    const who = await register(dev);
    const { body } = await admin('GET', `/users?email=${encodeURIComponent(who.email.slice(0, 14))}`);
    expect(body.users.map((u: { id: string }) => u.id)).toEqual([who.userId]);
    expect((await admin('GET', `/users/${who.userId}`)).body).toMatchObject({
      ...{ id: who.userId, email: who.email, account_status: 'active', sessions: 1, is_active: true },
    });
    const { sessions } = (await admin('GET', `/users/${who.userId}/sessions`)).body;
    expect(sessions).toEqual([
      expect.objectContaining({ user_id: who.userId, active: true, client_id: 'branchpy-cli' }),
    ]);
    expect((await admin('DELETE', `/sessions/${sessions[0].id}`)).status).toBe(204);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await admin('GET', `/sessions/${sessions[0].id}`)).body).toMatchObject({ active: false });
    expect(told(await admin('GET', '/users/not-an-id'))).toEqual([404, 'not_found']);
    expect(told(await admin('GET', '/users?cursor=x'))).toEqual([400, 'validation_failed']);
  });

  it('R-SE5 R-BF5 E-guard: suspends at once, without a word to the suspended, and restores', async () => {
    const who = await register(dev);
    const { status, body } = await admin('POST', `/users/${who.userId}/suspend`, { reason: 'spam' });
    expect([status, body.account_status, body.session_ids]).toEqual([200, 'suspended', undefined]);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await refresh(dev, who.refreshToken)).status).toBe(401);
    const [suspended, wrong] = [await login(dev, who), await login(dev, { ...who, password: 'wrong and long' })];
    const shape = ({ instance: _i, request_id: _r, ...rest }: Record<string, unknown>) => rest;
    expect([suspended.status, shape(suspended.body)]).toEqual([wrong.status, shape(wrong.body)]);
    expect((await admin('POST', `/users/${who.userId}/restore`)).body.account_status).toBe('active');
    expect((await login(dev, who)).status).toBe(200);
  });

  it('E-model: deletes softly, and the address stays taken', async () => {
    const who = await register(dev);
    expect((await admin('DELETE', `/users/${who.userId}`)).status).toBe(204);
    expect((await login(dev, who)).status).toBe(401);
    const again = await call('POST', `${dev.public_url}/v1/auth/register`, {
      json: { ...newcomer(), email: who.email },
    });
    expect(told(again)).toEqual([409, 'email_taken']);
    expect((await admin('GET', `/users?status=deleted&q=${who.userId}`)).body.users).toHaveLength(1);
    expect((await admin('POST', `/users/${who.userId}/restore`)).status).toBe(200);
  });

  it('R-RC10: has a reset link mailed, and sees nothing of it', async () => {
    const who = await register(dev);
    const { status, body } = await admin('POST', `/users/${who.userId}/password-reset`, { reason: 'locked out' });
    expect([status, body]).toEqual([202, {}]);
    const mail = await eventually('the mail', 30_000, async () =>
      (await mailsTo(dev, who.email)).find((m) => /password/i.test(m.subject)),
    );
    const token = /token=([\w-]+)/.exec(mail.text)![1];
    const json = { token, new_password: `${who.password} anew` };
    expect((await call('POST', `${dev.public_url}/v1/auth/password/reset`, { json })).status).toBe(204);
  });

  it('R-AD4: the last admin stays one', async () => {
    const { sub } = decodeJwt(staff);
    expect(told(await admin('PUT', `/users/${sub}/roles`, { roles: [] }))).toEqual([409, 'last_admin']);
    expect(told(await admin('DELETE', `/users/${sub}/roles/admin`))).toEqual([409, 'last_admin']);
    expect(told(await admin('POST', `/users/${sub}/suspend`))).toEqual([409, 'last_admin']);
    expect(told(await admin('DELETE', `/users/${sub}`))).toEqual([409, 'last_admin']);
    expect((await admin('GET', '/users?limit=1')).status).toBe(200);
  });
});

describe('roles', () => {
  it('B-roles: one role is good at every client, for what it has and nothing else', async () => {
    const who = await holder(['support']);
    const player = await register(dev);
    for (const client_id of ['branchpy-cli', 'player-client', 'web']) {
      const token = (await login(dev, who, { client_id })).body.access_token;
      expect((await admin('GET', `/users/${player.userId}`, undefined, token)).status).toBe(200);
      expect(told(await admin('POST', `/users/${player.userId}/suspend`, {}, token))).toEqual([403, 'forbidden']);
      expect(told(await admin('GET', '/audit', undefined, token))).toEqual([403, 'forbidden']);
    }
    expect((await admin('POST', `/users/${player.userId}/sign-out`, {}, who.accessToken)).status).toBe(204);
    expect((await me(dev, player.accessToken)).status).toBe(401);
  });

  it('B-roles R-AD5: nobody rises by their own role, nor has power over an admin', async () => {
    const who = await holder(['moderator']);
    const { sub } = decodeJwt(staff);
    expect(told(await admin('PUT', `/users/${who.userId}/roles/admin`, {}, who.accessToken))).toEqual([
      403,
      'forbidden',
    ]);
    expect(told(await admin('POST', `/users/${sub}/suspend`, {}, who.accessToken))).toEqual([403, 'forbidden']);
  });

  it('B-roles: are listed, given and taken', async () => {
    const who = await register(dev);
    const { roles } = (await admin('GET', '/roles')).body;
    expect(roles.map((r: { name: string }) => r.name)).toEqual(expect.arrayContaining(['admin', 'support']));
    expect((await admin('PUT', `/users/${who.userId}/roles/support`)).body.roles).toEqual(['support']);
    expect((await me(dev, who.accessToken)).status).toBe(401);
    expect((await admin('DELETE', `/users/${who.userId}/roles/support`)).body.roles).toEqual([]);
    expect(told(await admin('PUT', `/users/${who.userId}/roles/emperor`))).toEqual([400, 'validation_failed']);
  });
});

describe('in a person’s name', () => {
  it('R-AD3: staff sees what the person sees; the person, and everybody else, sees who it was', async () => {
    const who = await register(dev);
    const { status, body, headers } = await admin('POST', `/users/${who.userId}/impersonate`, {
      reason: 'ticket 4711',
    });
    expect([status, body.refresh_token, body.expires_in <= 3_600]).toEqual([200, undefined, true]);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(decodeJwt(body.access_token).act).toEqual({ sub: decodeJwt(staff).sub });
    expect((await me(dev, body.access_token)).body).toMatchObject({ id: who.userId, impersonated: true });
    expect((await me(dev, who.accessToken)).body).not.toHaveProperty('impersonated');
    const { sessions } = (await call('GET', `${dev.public_url}/v1/auth/sessions`, { token: who.accessToken })).body;
    const session = sessions.find((s: { impersonated_by?: string }) => s.impersonated_by);
    expect(session.impersonated_by).toBe(decodeJwt(staff).sub);
    await eventually('the mail that says so', 30_000, async () =>
      (await mailsTo(dev, who.email)).find((m) => m.subject.includes('staff')),
    );
    await call('DELETE', `${dev.public_url}/v1/auth/sessions/${session.id}`, { token: who.accessToken });
    expect((await me(dev, body.access_token)).status).toBe(401);
  });

  it('R-AD3: credentials, address, factors, deletion, export and devices are left to the person', async () => {
    const who = await register(dev);
    const token = (await admin('POST', `/users/${who.userId}/impersonate`, { reason: 'ticket 4711' })).body
      .access_token;
    const tries: [string, string, object?][] = [
      ['POST', '/password/change', { current_password: who.password, new_password: `${who.password} anew` }],
      ['POST', '/email/change', { email: newcomer().email, password: who.password }],
      ['POST', '/mfa/setup', {}],
      ['DELETE', '/account', { password: who.password }],
      ['GET', '/export'],
      ['POST', '/device/approve', { user_code: 'BCDF-GHJK', approve: true }],
      ['POST', '/devices/pair/start', {}],
    ];
    for (const [method, path, json] of tries) {
      const got = await call(method, `${dev.public_url}/v1/auth${path}`, { token, json });
      expect([path, ...told(got)]).toEqual([path, 403, 'not_while_impersonating']);
    }
    expect(told(await admin('GET', '/users', undefined, token))).toEqual([403, 'not_while_impersonating']);
  });

  it('R-AD3: not of staff, and not by who may not', async () => {
    const [helper, who] = [await holder(['support']), await register(dev)];
    const reason = { reason: 'curious' };
    expect(told(await admin('POST', `/users/${helper.userId}/impersonate`, reason))).toEqual([403, 'not_impersonable']);
    expect(told(await admin('POST', `/users/${who.userId}/impersonate`, reason, helper.accessToken))).toEqual([
      ...[403, 'forbidden'],
    ]);
    expect(told(await admin('POST', `/users/${who.userId}/impersonate`, {}))).toEqual([400, 'validation_failed']);
  });
});

describe('client applications', () => {
  it('B-contracts: a policy gets a new version by the rules of the file, and counts at once', async () => {
    const { body: before } = await admin('GET', '/clients/player-client');
    const json = { version: before.version, access_ttl: 1_800 };
    const { status, body } = await admin('PUT', '/clients/player-client', json);
    expect([status, body]).toEqual([200, { ...before, version: before.version + 1, access_ttl: 1_800 }]);
    expect(told(await admin('PUT', '/clients/player-client', json))).toEqual([409, 'policy_changed']);
    expect(told(await admin('PUT', '/clients/player-client', { access_ttl: 7_200 }))).toEqual([
      400,
      'validation_failed',
    ]);
    expect(told(await admin('PUT', '/clients/nobody', {}))).toEqual([404, 'not_found']);
    const who = await register(dev);
    await eventually('the new lifetime', 30_000, async () => {
      const { expires_in } = (await login(dev, who, { client_id: 'player-client' })).body;
      return expires_in === 1_800 ? true : undefined;
    });
    const { versions } = (await admin('GET', '/clients/player-client/versions')).body;
    expect(versions[0].policy.version).toBe(before.version + 1);
    const back = { access_ttl: before.access_ttl };
    expect((await admin('PUT', '/clients/player-client', back)).body.version).toBe(before.version + 2);
    expect((await admin('GET', '/clients')).body.clients.length).toBeGreaterThan(7);
  });
});

describe('the audit log', () => {
  it('E-limits R-LG1 A-events: tells a person’s story: who, when, where, what, by which factors, why not', async () => {
    const who = await register(dev);
    await login(dev, { ...who, password: 'wrong and long enough' });
    await call('GET', `${dev.public_url}/v1/license/me`, { token: who.accessToken });
    await refresh(dev, who.refreshToken);
    await admin('POST', `/users/${who.userId}/suspend`, { reason: 'spam' });
    const events = ['auth.registered', 'auth.login_success', 'auth.login_failed', 'license.entitlement_check'];
    const all = [...events, 'auth.refresh_success', 'auth.user_suspended', 'auth.token_revoked'];
    const entries = await eventually('the story', 30_000, async () => {
      const found = (await admin('GET', `/audit?user_id=${who.userId}`)).body.entries as Record<string, unknown>[];
      return all.every((event) => found.some((e) => e.event === event)) ? found : undefined;
    });
    const of = (event: string) => entries.find((e) => e.event === event)!;
    expect(of('auth.login_failed')).toMatchObject({ outcome: 'failure', cause: 'wrong_password', ip: '127.0.0.1' });
    expect(of('auth.login_success')).toMatchObject({
      factors: ['pwd'],
      ip: '127.0.0.1',
      request_id: expect.any(String),
    });
    expect(of('auth.user_suspended')).toMatchObject({ actor_id: decodeJwt(staff).sub, note: 'spam' });
    const since = new Date(Date.now() - 600_000).toISOString();
    const byAddress = await admin('GET', `/audit?ip=127.0.0.0/8&event=auth.user_suspended&from=${since}&limit=1`);
    expect(byAddress.body.entries).toHaveLength(1);
  });

  it('R-LG3: verifies', async () => {
    const { status, body } = await admin('POST', '/audit/verify', {});
    expect([status, body.broken_at]).toEqual([200, null]);
    expect(body.entries).toBeGreaterThan(0);
  });
});
