import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let production: RunningGateway;
let development: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  production = await edge.gateway();
  development = await edge.gateway({ GATEHOUSE_PROFILE: 'development' });
});
afterAll(() => edge.stop());

const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

const ask = async (
  gateway: RunningGateway,
  origin: string,
  path = '/v1/auth/me',
  kind: 'preflight' | 'plain' = 'plain',
) => {
  const headers = { origin, ...(kind === 'preflight' ? preflight : {}) };
  const got = await gateway.call(kind === 'preflight' ? 'OPTIONS' : 'GET', path, { headers });
  return {
    status: got.status,
    origin: got.headers.get('access-control-allow-origin'),
    credentials: got.headers.get('access-control-allow-credentials'),
    methods: got.headers.get('access-control-allow-methods'),
    headers: got.headers.get('access-control-allow-headers'),
    vary: got.headers.get('vary'),
  };
};

const LISTED = ['https://dashboard.example', 'https://name-5173.app.github.dev', 'https://gatehouse.test'];
const FOREIGN = [
  'https://evil.example',
  'https://dashboard.example.evil.example',
  'https://evildashboard.example',
  'http://dashboard.example',
  'https://dashboard.example:8443',
  'https://app.github.dev',
  'https://a.b.app.github.dev',
  'https://.app.github.dev',
  'https://evil.example/.app.github.dev',
  'https://x.app.github.dev.evil.example',
  'https://xapp.github.dev',
  'null',
];

it.each(LISTED)('B-cors: %s is listed: credentialed, by exact name, also on refusals', async (origin) => {
  expect(await ask(production, origin)).toMatchObject({ status: 401, origin, credentials: 'true', vary: 'Origin' });
  const asked = await ask(production, origin, '/v1/auth/refresh', 'preflight');
  expect(asked).toMatchObject({ status: 204, origin, credentials: 'true' });
  expect(asked.methods).toContain('DELETE');
  expect(asked.headers).toContain('Authorization');
  expect(asked.vary).toContain('Access-Control-Request-Headers');
});

it.each(FOREIGN)('B-cors R-SE13: %s is not, and gets nothing', async (origin) => {
  expect(await ask(production, origin)).toMatchObject({ origin: null, credentials: null });
  const asked = await ask(production, origin, '/v1/auth/refresh', 'preflight');
  expect(asked).toMatchObject({ status: 204, origin: null, credentials: null, methods: null });
});

it('E-cors: in development every other origin gets *, which is never credentialed', async () => {
  for (const origin of FOREIGN) {
    expect(await ask(development, origin)).toMatchObject({ origin: '*', credentials: null });
    const asked = await ask(development, origin, '/v1/auth/login', 'preflight');
    expect(asked).toMatchObject({ status: 204, origin: '*', credentials: null });
  }
  for (const origin of LISTED) expect(await ask(development, origin)).toMatchObject({ origin, credentials: 'true' });
});

it('storefronts’ webhooks and the internal listener know no CORS', async () => {
  expect(await ask(development, LISTED[0]!, '/webhooks/gumroad', 'preflight')).toMatchObject({ origin: null });
  const got = await development.internal('OPTIONS', '/internal/mint', {
    headers: { origin: LISTED[0]!, ...preflight },
  });
  expect(got.headers.get('access-control-allow-origin')).toBeNull();
});
