import { ImportLicenses } from '#contracts';
import { Edge, SECRETS, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

it('D-import.jsonl: a caller without the scope is refused; nobody gets in by the public listener', async () => {
  const headers = { 'x-internal-secret': `billing.${SECRETS.billing}` };
  expect((await gateway.internal('POST', '/internal/imports', { body: '{}', headers })).status).toBe(403);
  expect((await gateway.call('POST', '/internal/imports', { body: '{}', headers })).status).toBe(404);
  expect(edge.neighbours.last(ImportLicenses)).toBeUndefined();
});
