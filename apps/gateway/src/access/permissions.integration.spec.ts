import { allCommands } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';
import { routeOf } from '../edge/route.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

const ID = '01890000-0000-7000-8000-000000000001';
const routes = () => gateway.gateway.routes.routes.filter((r) => r.method !== 'HEAD');

it('every command that anybody outside may ask for has a route, and no other has', () => {
  const routed = new Set(
    routes()
      .flatMap(({ options }) => [options.command, ...(options.also ?? [])])
      .flatMap((command) => command?.name ?? []),
  );
  // `POST /v1/auth/verify` takes a token or a code; its route stands for the first.
  routed.add('identity.email.verify_by_code');
  const outside = allCommands().filter((c) => c.permission !== 'apps' && c.callers.includes('gateway'));
  expect([...routed].sort()).toEqual(outside.map((c) => c.name).sort());
});

it('every route has options, and a route’s permission is never weaker than its command’s but where it says why', () => {
  const weaker = routes().filter((r) => r.options.command && r.options.permission !== r.options.command.permission);
  // `me/token` verifies the token in its body itself.
  expect(weaker.map((r) => r.path)).toEqual(['/v1/auth/me/token']);
  for (const route of routes()) expect([route.path, route.options.permission]).not.toEqual([route.path, undefined]);
});

it('internal routes are internal by their permission, and only they', () => {
  for (const { path, options } of routes()) {
    if (options.permission!.startsWith('internal:')) expect([path, options.listener]).toEqual([path, 'internal']);
    if (path.startsWith('/internal')) expect(options.permission).toMatch(/^internal:/);
  }
});

/** Who asks, and which permissions that satisfies. */
const askers: [string, () => Record<string, string>, (permission: string) => boolean][] = [
  ['nobody', () => ({}), (p) => p === 'anyone'],
  ['a person', () => bearer(edge.issuer.token()), (p) => p === 'anyone' || p === 'user'],
  ['an admin', () => bearer(edge.issuer.token({ roles: ['admin'] })), (p) => !p.startsWith('internal:')],
  [
    'somebody of support',
    () => bearer(edge.issuer.token({ roles: ['support'] })),
    (p) => ['anyone', 'user', 'permission:users.read', 'permission:sessions.end'].includes(p),
  ],
  [
    'somebody with a role that there is not',
    () => bearer(edge.issuer.token({ roles: ['emperor', '__proto__', '*'] })),
    (p) => p === 'anyone' || p === 'user',
  ],
  ['a caller without scopes', () => bearer(edge.issuer.serviceToken('root', [])), (p) => p === 'anyone'],
  [
    'a caller with one scope',
    () => bearer(edge.issuer.serviceToken('root', ['licenses.read'])),
    (p) => p === 'anyone' || p === 'internal:licenses.read',
  ],
];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

it.each(askers)('%s gets through to exactly what is permitted, over all commands', async (_, headersOf, may) => {
  for (const route of routes().filter((r) => r.options.command && r.options.errors !== 'oauth')) {
    const send = route.options.listener === 'internal' ? gateway.internal.bind(gateway) : gateway.call.bind(gateway);
    const write = ['POST', 'PUT'].includes(route.method) ? { json: {} } : {};
    const got = await send(route.method, route.path.replace(/:\w+/g, ID), { headers: headersOf(), ...write });
    // What gets through is answered or fails validation; a refresh without a token is 401 for a reason of its own.
    const refused =
      [401, 403].includes(got.status) && /^(unauthenticated|invalid_token|forbidden)$/.test(got.body.code);
    expect([route.method, route.path, got.status, refused]).toEqual([
      route.method,
      route.path,
      got.status,
      !may(route.options.permission!),
    ]);
  }
});

it('a request that matches no route has no permission', () => {
  expect(routeOf({ routeOptions: {} } as never)).toEqual({});
});
