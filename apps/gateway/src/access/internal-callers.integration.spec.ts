import { MintLicense } from '#contracts';
import { Edge, SECRETS, type Got, type RunningGateway, type Sent } from '../../test/gateway-under-test.js';
import { sign } from './signature.rules.js';

let edge: Edge;
let gateway: RunningGateway;
let other: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
  other = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const now = () => Math.floor(Date.now() / 1000);
const json = { name: 'Ada', email: 'a@example.com', tier: 'pro', years: 1 };
const body = JSON.stringify(json);
const mint = (sent: Sent, at = gateway): Promise<Got> => at.internal('POST', '/internal/mint', { json, ...sent });
const told = (got: Got) => [got.status, got.body?.code];

describe('D-internal-auth X-Internal-Secret', () => {
  it('the caller’s secret opens what is on its list', async () => {
    expect((await mint({ headers: { 'x-internal-secret': `root.${SECRETS.root}` } })).status).toBe(201);
    expect(edge.neighbours.last(MintLicense)!.actor).toMatchObject({ kind: 'caller', caller: 'root' });
  });

  it('two secrets are good while one is being replaced', async () => {
    const before = 'root.the-secret-before-of-forty-characters-012';
    expect((await mint({ headers: { 'x-internal-secret': before } })).status).toBe(201);
  });

  it.each([
    ['none', {}],
    ['a wrong one', { 'x-internal-secret': 'root.wrong' }],
    ['another caller’s', { 'x-internal-secret': `root.${SECRETS.billing}` }],
    ['of nobody', { 'x-internal-secret': `nobody.${SECRETS.root}` }],
    ['without a name', { 'x-internal-secret': SECRETS.root }],
    ['empty', { 'x-internal-secret': '' }],
    ['of a prototype member', { 'x-internal-secret': 'constructor.name' }],
  ])('RT7: %s is 401', async (_, headers) => {
    expect(told(await mint({ headers: headers as Record<string, string> }))).toEqual([401, 'unauthenticated']);
    expect(edge.neighbours.last(MintLicense)).toBeUndefined();
  });

  it('a caller without the scope is 403', async () => {
    expect(told(await mint({ headers: { 'x-internal-secret': `billing.${SECRETS.billing}` } }))).toEqual([
      403,
      'forbidden',
    ]);
  });
});

describe('D-internal-auth X-Internal-Signature', () => {
  const begun = now();
  let taken = 0;
  /** A time that no other signature of this file has, or one would be the copy of another. */
  const ownTime = () => begun - (taken += 1);
  const signed = (
    o: { t?: number; caller?: string; secret?: string; method?: string; path?: string; body?: string } = {},
  ) => {
    const { t = now(), caller = 'root', secret = SECRETS.root, method = 'POST', path = '/internal/mint' } = o;
    const v1 = sign(secret, t, { method, path, body: Buffer.from(o.body ?? body) });
    return { headers: { 'x-internal-signature': `t=${t},caller=${caller},v1=${v1}` } };
  };

  it('a good signature opens the route, once, on whichever replica', async () => {
    const request = signed({ t: ownTime() });
    expect((await mint(request)).status).toBe(201);
    expect(told(await mint(request))).toEqual([401, 'unauthenticated']);
    expect(told(await mint(request, other))).toEqual([401, 'unauthenticated']);
  });

  it('of 20 copies at once on two replicas one passes', async () => {
    const request = signed({ t: ownTime() });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => mint(request, i % 2 ? gateway : other)));
    expect(all.filter((a) => a.status === 201)).toHaveLength(1);
    expect(all.filter((a) => a.status === 401)).toHaveLength(19);
  });

  it('a GET is signed with its query and an empty body', async () => {
    const path = '/internal/licenses?tier=pro&limit=5';
    const request = signed({ method: 'GET', path, body: '' });
    expect((await gateway.internal('GET', path, request)).status).toBe(200);
    const tampered = signed({ method: 'GET', path, body: '', t: ownTime() });
    expect((await gateway.internal('GET', '/internal/licenses?tier=lite&limit=5', tampered)).status).toBe(401);
  });

  it.each([
    ['another body', () => signed({ body: body.replace('pro', 'lite') })],
    ['another path', () => signed({ path: '/internal/revoke' })],
    ['another method', () => signed({ method: 'PUT' })],
    ['another caller’s secret', () => signed({ secret: SECRETS.billing })],
    ['another caller’s name', () => signed({ caller: 'billing' })],
    ['a caller that nobody knows', () => signed({ caller: 'nobody' })],
    ['too old', () => signed({ t: now() - 302 })],
    ['too new', () => signed({ t: now() + 310 })],
    ['no parts', () => ({ headers: { 'x-internal-signature': 'nonsense' } })],
    [
      'a part twice',
      () => ({ headers: { 'x-internal-signature': `t=${now()},t=1,caller=root,v1=${'0'.repeat(64)}` } }),
    ],
  ])('%s is 401', async (_, request) => {
    expect(told(await mint(request()))).toEqual([401, 'unauthenticated']);
  });

  it('a wrong signature does not use up the right one', async () => {
    const t = ownTime();
    await mint(signed({ t, secret: SECRETS.billing }));
    expect((await mint(signed({ t }))).status).toBe(201);
  });
});

describe('D-internal-auth service tokens', () => {
  it('a token of the caller opens what both the token and the list have', async () => {
    expect((await mint({ token: edge.issuer.serviceToken('root', ['licenses.mint']) })).status).toBe(201);
    expect(told(await mint({ token: edge.issuer.serviceToken('root', ['licenses.read']) }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(told(await mint({ token: edge.issuer.serviceToken('billing', ['licenses.mint']) }))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('a person’s token is 401, also an admin’s', async () => {
    expect(told(await mint({ token: edge.issuer.token({ roles: ['admin'] }) }))).toEqual([401, 'invalid_token']);
  });

  it('a caller that was taken off the list is 401', async () => {
    expect(told(await mint({ token: edge.issuer.serviceToken('gone', ['licenses.mint']) }))).toEqual([
      401,
      'invalid_token',
    ]);
  });
});

describe('Idempotency-Key', () => {
  it('D-mint: the header becomes part of the request', async () => {
    const headers = { 'x-internal-secret': `root.${SECRETS.root}`, 'idempotency-key': 'order-1' };
    await mint({ headers });
    expect(edge.neighbours.last(MintLicense)!.input).toMatchObject({ idempotency_key: 'order-1' });
  });
});
