import { ClaimRenpy, MintLicense } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());

const failing = async (path: string, json: object): Promise<unknown[]> => {
  const { status, body } = await gateway.asRoot('POST', path, { json });
  return [status, ...body.errors.map(({ field, code }: Record<string, string>) => [field, code])];
};

it('D-mint: a mint that lacks everything is told of everything at once, its term among it', async () => {
  const required = ['name', 'email', 'tier'].map((field) => [field, 'required']);
  const term = ['years', 'expires_at'].map((field) => [field, 'exactly_one']);
  expect(await failing('/internal/mint', {})).toEqual([400, ...required, ...term]);
  const both = { years: 1, expires_at: '2030-01-01T00:00:00Z', tier: 'gold' };
  expect(await failing('/internal/mint', both)).toEqual([
    400,
    ['name', 'required'],
    ['email', 'required'],
    ['tier', 'not_allowed'],
    ...term,
  ]);
  expect(edge.neighbours.last(MintLicense)).toBeUndefined();
});

it('D-revoke: a revocation names its license in one way, and a check its license', async () => {
  const one = (fields: string[]) => fields.map((field) => [field, 'exactly_one']);
  const named = ['license_key', 'gumroad_order_id'];
  expect(await failing('/internal/revoke', {})).toEqual([400, ...one(named)]);
  expect(await failing('/internal/revoke', { license_key: 'x', gumroad_order_id: 'y' })).toEqual([400, ...one(named)]);
  const check = await gateway.call('POST', '/v1/license/validate', { json: { product: '' } });
  expect(check.body.errors.map((e: { field: string }) => e.field)).toEqual(['product', 'license_key', 'blob']);
});

it('the reference says of which members a request has exactly one', async () => {
  const { body } = await gateway.call('GET', '/openapi.json');
  expect(body.components.schemas.MintLicenseRequest.oneOf).toEqual([
    { required: ['years'] },
    { required: ['expires_at'] },
  ]);
});

it.each(['a receipt', ['one', 2], { any: 'thing' }, 7, null])('A-claim: takes %j for evidence', async (evidence) => {
  const token = edge.issuer.token({});
  edge.neighbours.on(ClaimRenpy, () => ({ plan: 'renpy_free' }));
  expect((await gateway.call('POST', '/v1/claim/renpy', { token, json: { evidence } })).status).toBe(200);
  expect(edge.neighbours.last(ClaimRenpy)?.input.evidence).toEqual(evidence);
});
