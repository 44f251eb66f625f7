import { fieldsOf, type FieldSpec } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';
import type { KnownRoute } from './route-table.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

const ID = '01890000-0000-7000-8000-000000000001';
const pathTo = (route: KnownRoute): string => route.path.replace(':role', 'support').replace(/:\w+/g, ID);

const inputOf = ({ path, options }: KnownRoute): FieldSpec[] => {
  const input = options.docs?.input ?? options.command!.request;
  return fieldsOf(input).filter(({ name }) => !path.includes(`:${name}`));
};

/** Every route that takes JSON; what OAuth calls wrong has a shape of its own. */
const routes = (): KnownRoute[] =>
  gateway.gateway.routes.routes.filter(
    ({ method, path, options }) =>
      ['POST', 'PUT'].includes(method) &&
      !path.startsWith('/oauth/') &&
      options.command &&
      !['raw', 'form-only'].includes(options.body ?? 'json'),
  );

const sendTo = (route: KnownRoute, json: object) =>
  route.options.listener === 'internal'
    ? gateway.asRoot(route.method, pathTo(route), { json })
    : gateway.call(route.method, pathTo(route), { token: edge.issuer.token({ roles: ['admin'] }), json });

it('E-limits: what has a wrong form is refused by the name it was sent under, and in words', async () => {
  let refused = 0;
  for (const route of routes()) {
    const texts = inputOf(route).filter(({ type, secret }) => type === 'string' && !secret);
    const got = await sendTo(route, Object.fromEntries(texts.map(({ name, min }) => [name, '\0'.repeat(min || 1)])));
    const errors = (got.body?.errors ?? []) as { field: string; detail: string }[];
    const known = inputOf(route).map(({ name }) => name);
    for (const { field, detail } of errors) {
      expect([route.path, known, field]).toEqual([route.path, expect.arrayContaining([field.split('.')[0]]), field]);
      expect([route.path, field, detail]).toEqual([
        route.path,
        field,
        expect.not.stringMatching(/regular expression|API reference/),
      ]);
    }
    refused += errors.length;
  }
  expect(refused).toBeGreaterThan(50);
});

it('a sign-in name with control characters is refused under the name that it came by', async () => {
  for (const name of ['email', 'username']) {
    const got = await gateway.call('POST', '/v1/auth/login', { json: { [name]: 'a\0b', password: 'whatever it is' } });
    expect([got.status, got.body.errors]).toEqual([
      400,
      [{ field: name, code: 'invalid_format', detail: `${name} must be text without control characters.` }],
    ]);
  }
});
