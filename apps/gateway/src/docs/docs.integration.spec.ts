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
