import { randomUUID } from 'node:crypto';
import { allCommands, ListRoles, Logout, ReadMe, SuspendUser } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';
import { ROLES } from '../../test/neighbours.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const ID = '01890000-0000-7000-8000-000000000001';
const now = () => Math.floor(Date.now() / 1000);
const staffRoutes = () =>
  gateway.gateway.routes.routes.filter((r) => r.method !== 'HEAD' && r.path.startsWith('/v1/admin'));
const ask = (route: { method: string; path: string }, token: string) =>
  gateway.call(route.method, route.path.replace(/:\w+/g, ID), {
    token,
    ...(['POST', 'PUT'].includes(route.method) ? { json: {} } : {}),
  });

describe('commands of staff', () => {
  it('B-roles R-AD2: every route under /v1/admin asks for a permission that a role can have, and for a fresh sign-in', () => {
    expect(staffRoutes().length).toBeGreaterThan(20);
    for (const { path, options } of staffRoutes()) {
      const [kind, name] = options.permission!.split(':');
      expect([path, kind]).toEqual([path, 'permission']);
      expect(ROLES[0]!.permissions).toContain(name);
      expect([path, options.command!.freshAuth]).toEqual([path, expect.any(Number)]);
    }
  });

  it('R-AD2: what changes something wants a sign-in of the last 15 minutes, what reads one of the working day', async () => {
    const old = edge.issuer.token({ roles: ['admin'], auth_time: now() - 16 * 60 });
    const yesterday = edge.issuer.token({ roles: ['admin'], auth_time: now() - 9 * 3_600 });
    const passes: string[] = [];
    for (const route of staffRoutes()) {
      const stale = await ask(route, yesterday);
      expect([route.path, stale.status, stale.body.code]).toEqual([
        route.path,
        401,
        'insufficient_user_authentication',
      ]);
      expect(stale.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
      if ((await ask(route, old)).status !== 401) passes.push(`${route.method} ${route.path}`);
    }
    const reads = staffRoutes().filter((r) => r.method === 'GET' || r.path.endsWith('/audit/verify'));
    expect(passes.sort()).toEqual(reads.map((r) => `${r.method} ${r.path}`).sort());
  });

  it('R-AD2: staff shows a second factor, unless the configuration does without', async () => {
    const strict = await edge.gateway({ STAFF_SECOND_FACTOR: 'true' });
    const get = (more: object) =>
      strict.call('GET', '/v1/admin/users', { token: edge.issuer.token({ roles: ['admin'], ...more }) });
    const once = await get({ amr: ['pwd'] });
    expect([once.status, once.body.code]).toEqual([401, 'insufficient_user_authentication']);
    expect(once.headers.get('www-authenticate')).toContain('acr_values="urn:gatehouse:acr:multiple"');
    expect((await get({ amr: ['pwd', 'otp', 'mfa'] })).status).toBe(200);
    expect((await get({ amr: ['pwd'], roles: [] })).status).toBe(403);
  });

  it('E-guard: who has no role learns nothing of what a sign-in would help', async () => {
    const old = edge.issuer.token({ auth_time: now() - 9 * 3_600 });
    for (const route of staffRoutes()) {
      const got = await ask(route, old);
      expect([route.path, got.status, got.body.code]).toEqual([route.path, 403, 'forbidden']);
    }
  });

  it('R-JW9: what ended with a command is refused by this gateway before the answer is out', async () => {
    const sid = randomUUID();
    const [admin, person] = [edge.issuer.token({ roles: ['admin'] }), edge.issuer.token({ sid })];
    edge.neighbours.on(SuspendUser, () => ({ session_ids: [sid], user: { id: ID } as never }));
    const got = await gateway.call('POST', `/v1/admin/users/${ID}/suspend`, { token: admin, json: {} });
    expect([got.status, got.body]).toEqual([200, { id: ID }]);
    expect((await gateway.call('GET', '/v1/auth/me', { token: person })).status).toBe(401);
  });

  it('B-roles: a gateway goes by the roles as identity tells them, and by none before', async () => {
    edge.neighbours.on(ListRoles, () => ({
      roles: [{ name: 'keeper', description: '-', permissions: ['users.read'] }],
    }));
    const other = await edge.gateway();
    const get = (role: string) => other.call('GET', '/v1/admin/users', { token: edge.issuer.token({ roles: [role] }) });
    expect([(await get('keeper')).status, (await get('admin')).status]).toEqual([200, 403]);
  });
});

/** What staff may do in a person's name. Whoever adds a command decides here, and the default is: nothing. */
const ALLOWED = [
  ...['identity.agent_config.read', 'identity.agent_config.update', 'identity.broadcast_config.read'],
  ...['identity.broadcast_config.update', 'identity.device.list', 'identity.grant.list', 'identity.identity.list'],
  ...['identity.profile.update', 'identity.session.list', 'identity.user.read_me', 'licensing.entitlement.read'],
  'licensing.installation.list',
];

describe('in a person’s name', () => {
  const token = (more = {}) => edge.issuer.token({ act: { sub: randomUUID() }, amr: ['impersonation'], ...more });

  it('R-AD3: staff may look and help, and nothing that says nothing is allowed', () => {
    const allowed = allCommands().filter((c) => c.impersonation === 'allowed');
    expect(allowed.map((c) => c.name).sort()).toEqual([...ALLOWED].sort());
    for (const command of allowed) expect([command.name, command.freshAuth]).toEqual([command.name, undefined]);
  });

  it('R-AD3: credentials, address, factors, deletion, export, devices and secrets are left to the person, on every route', async () => {
    for (const route of gateway.gateway.routes.routes) {
      const { command, permission, errors } = route.options;
      if (route.method === 'HEAD' || errors === 'oauth' || !/^(user|admin|permission:.*)$/.test(permission!)) continue;
      const got = await ask(route, token({ roles: ['admin'] }));
      const refused = got.status === 403 && got.body.code === 'not_while_impersonating';
      expect([route.path, refused]).toEqual([route.path, command?.impersonation !== 'allowed']);
    }
  });

  it('R-AD3: services are told who acts, and signing out ends the session', async () => {
    const act = { sub: randomUUID() };
    await gateway.call('GET', '/v1/auth/me', { token: token({ act }) });
    expect(edge.neighbours.last(ReadMe)!.actor).toMatchObject({ kind: 'user', impersonator_id: act.sub });
    const sid = randomUUID();
    expect((await gateway.call('POST', '/v1/auth/logout', { token: token({ sid }), json: {} })).status).toBe(204);
    expect(edge.neighbours.last(Logout)!.actor).toMatchObject({ session_id: sid });
  });

  it.each([[{}], [{ sub: '' }], ['admin'], [null], [{ sub: 7 }]])(
    'R-AD3: a token whose act is %j is none',
    async (act) => {
      expect((await gateway.call('GET', '/v1/auth/me', { token: token({ act }) })).status).toBe(401);
    },
  );
});
