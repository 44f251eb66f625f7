import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

interface Operation {
  operationId: string;
  summary: string;
  responses: Record<string, { description: string; content?: object }>;
  security: object[];
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, unknown> };
}

const document = async () => (await gateway.call('GET', '/openapi.json')).body;

it('/openapi.json is OpenAPI 3.1 and has every route that is not a page', async () => {
  const { openapi, paths } = await document();
  expect(openapi).toBe('3.1.0');
  for (const route of gateway.gateway.routes.routes.filter((r) => r.options.docs && r.method !== 'HEAD')) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    expect([path, typeof paths[path]?.[route.method.toLowerCase()]]).toEqual([path, 'object']);
  }
});

it('every reference leads somewhere, every operation has a name of its own, a summary and its errors', async () => {
  const doc = await document();
  const ids = new Set<string>();
  for (const [ref] of JSON.stringify(doc).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect([ref, doc.components.schemas[ref.split('/').pop()!] !== undefined]).toEqual([ref, true]);
  }
  for (const methods of Object.values(doc.paths) as Record<string, Operation>[]) {
    for (const operation of Object.values(methods)) {
      expect(operation.summary).toBeTruthy();
      expect(ids.has(operation.operationId)).toBe(false);
      ids.add(operation.operationId);
      if (operation.security.length) expect(operation.responses[401]!.description).toContain('invalid_token');
    }
  }
});

it('an operation says what it takes and what it answers', async () => {
  const { paths, components } = await document();
  const login: Operation = paths['/v1/auth/login'].post;
  expect(Object.keys(login.requestBody!.content)).toEqual(['application/json', 'application/x-www-form-urlencoded']);
  expect(login.responses[401]!.description).toBe('invalid_credentials');
  expect(paths['/internal/licenses'].get.parameters.map((p: { name: string }) => p.name)).toContain('cursor');
  expect(paths['/v1/auth/sessions/{session_id}'].delete.parameters[0]).toMatchObject({ in: 'path', required: true });
  expect(components.schemas.User.properties.email.type).toEqual(['string', 'null']);
  expect(components.schemas.MintLicenseRequest.required).toEqual(['name', 'email', 'tier']);
});

it('C-streams.update: what stands in the path of an operation is no member of its body', async () => {
  const { paths, components } = await document();
  const bodyOf = ({ requestBody }: Operation): { properties?: object; required?: string[] } => {
    const { $ref } = (requestBody?.content['application/json'] as { schema: { $ref?: string } })?.schema ?? {};
    return $ref ? components.schemas[$ref.split('/').pop()!] : {};
  };
  expect(bodyOf(paths['/v1/auth/streams/{stream_id}'].put)).toEqual({
    type: 'object',
    properties: { label: expect.any(Object), enabled: expect.any(Object) },
  });
  expect(bodyOf(paths['/v1/auth/streams/{stream_id}/reveal'].post).required).toEqual(['password']);
  for (const [path, methods] of Object.entries<Record<string, Operation>>(paths)) {
    for (const operation of Object.values(methods)) {
      const members = Object.keys(bodyOf(operation).properties ?? {});
      const twice = operation.parameters.filter((p) => p.in === 'path' && members.includes(p.name));
      expect([path, twice]).toEqual([path, []]);
    }
  }
});

it('C-realtime.ws D-import.csv: what stands in a query is listed, and what is said on a socket is written down', async () => {
  const { paths } = await document();
  const inQuery = ({ parameters }: Operation) => parameters.filter((p) => p.in === 'query').map((p) => p.name);
  expect(inQuery(paths['/v1/auth/ws'].get)).toEqual(['token', 'since', 'as']);
  expect(inQuery(paths['/v1/auth/events'].get)).toEqual(['token', 'since', 'as']);
  expect(paths['/v1/auth/events'].get.parameters).toContainEqual(
    expect.objectContaining({ in: 'header', name: 'Last-Event-ID', required: false }),
  );
  expect(Object.keys(paths['/v1/auth/ws'].get.responses)).toEqual(['400', '401', '403', '426', '429', '503']);
  expect(inQuery(paths['/internal/imports'].post)).toEqual(['dry_run', 'mail', 'import_id', 'first_line']);
  expect(Object.keys(paths['/internal/imports'].post.requestBody.content)).toEqual([
    'application/x-ndjson',
    'text/csv',
  ]);
  const { description } = paths['/v1/auth/ws'].get as { description: string };
  for (const said of ['hello', 'gap', 'reconnect', 'token_expiring', 'refreshed', 'refresh_failed'])
    expect(description).toContain(`\`${said}\``);
  expect(description).toContain('{"type":"refresh","data":{"token":"…"}}');
  for (const code of [1008, 1012, 1013, 4401, 4403]) expect(description).toContain(String(code));
});

it('what is refused in a query, or as an address in a path, is documented; of an id in a path it is not', async () => {
  const { paths } = await document();
  const badRequest = ({ responses }: Operation) => responses['400']?.description;
  expect(badRequest(paths['/internal/licenses'].get)).toBe('validation_failed');
  expect(badRequest(paths['/internal/customers/{email}'].delete)).toBe('validation_failed');
  expect(badRequest(paths['/v1/installations/{installation_id}'].delete)).toBeUndefined();
});

it('every error code that is declared is explained where `type` leads', async () => {
  const { body } = await gateway.call('GET', '/v1/nothing');
  const { pathname, hash } = new URL(body.type);
  const page = await gateway.call('GET', pathname);
  expect(page.text).toContain(`id="${hash.slice(1)}"`);
});

it('the reference page and its files come from here, and no other file does', async () => {
  const page = await gateway.call('GET', '/docs');
  for (const [, src] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect(src).toMatch(/^\/docs\/assets\//);
    expect((await gateway.call('GET', src!)).status).toBe(200);
  }
  for (const file of ['package.json', '..%2fpackage.json', 'swagger-ui.js.map', '__proto__']) {
    expect((await gateway.call('GET', `/docs/assets/${file}`)).status).toBe(404);
  }
});

it('R-RC5: GET and HEAD of the verification page consume nothing', async () => {
  edge.neighbours.asked.length = 0;
  expect((await gateway.call('GET', '/verify-email?token=abc')).status).toBe(200);
  expect((await gateway.call('HEAD', '/verify-email?token=abc')).status).toBe(200);
  expect(edge.neighbours.asked).toEqual([]);
});
