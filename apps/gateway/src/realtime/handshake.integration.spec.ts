import { randomBytes } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { gatewayToRealtime, type GatewayToRealtime } from '../../test/gateway-to-realtime.js';

let whole: GatewayToRealtime;
let { edge, realtime, gateway } = {} as GatewayToRealtime;

beforeAll(async () => {
  whole = await gatewayToRealtime();
  ({ edge, realtime, gateway } = whole);
});
afterAll(() => whole?.stop());
beforeEach(() => {
  realtime.upgrades.length = 0;
  realtime.refuseWith = realtime.retryAfter = undefined;
});

interface Refused {
  status: number;
  headers: IncomingHttpHeaders;
  body: { code: string; detail: string; errors?: { field: string }[] };
}

/** What a client gets that writes its handshake by itself, and is refused. */
function refused(headers: Record<string, string> = {}): Promise<Refused> {
  const handshake = {
    ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    ...{ 'sec-websocket-key': randomBytes(16).toString('base64'), ...headers },
  };
  const path = `/v1/auth/ws?token=${edge.issuer.token()}`;
  return new Promise((resolve, reject) => {
    const asking = request(gateway.url + path, { headers: handshake, agent: false });
    asking.on('error', reject).on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('it opened'));
    });
    asking.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += String(chunk)));
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: JSON.parse(text) as Refused['body'] }),
      );
    });
    asking.end();
  });
}

it.each<[string, Record<string, string>, string]>([
  ['no key', { 'sec-websocket-key': '' }, 'Sec-WebSocket-Key'],
  ['a key of another length', { 'sec-websocket-key': 'abc' }, 'Sec-WebSocket-Key'],
  ['a subprotocol twice', { 'sec-websocket-protocol': 'gatehouse.v1, gatehouse.v1' }, 'Sec-WebSocket-Protocol'],
  ['a subprotocol that is no name', { 'sec-websocket-protocol': 'gatehouse v1' }, 'Sec-WebSocket-Protocol'],
])('RT3: %s is 400, names the header, and realtime is not asked', async (_, headers, field) => {
  const { status, body, ...got } = await refused(headers);
  expect([status, body.code, body.errors?.map((e) => e.field)]).toEqual([400, 'validation_failed', [field]]);
  expect(body.detail).toContain(field);
  expect(got.headers).not.toHaveProperty('retry-after');
  expect(realtime.upgrades).toEqual([]);
});

it('RT3: another version is 426 and says which one is spoken', async () => {
  const got = await refused({ 'sec-websocket-version': '8' });
  expect([got.status, got.headers['sec-websocket-version']]).toEqual([426, '13']);
  expect(got.body.detail).toContain('Sec-WebSocket-Version: 13');
});

it('RT32: when realtime says when to come back, that is what the client is told', async () => {
  realtime.refuseWith = 503;
  for (const retryAfter of ['3', '5']) {
    realtime.retryAfter = retryAfter;
    const got = await refused();
    expect([got.status, got.headers['retry-after']]).toEqual([503, retryAfter]);
  }
});

it('RT32: when it does not, clients are told moments that differ', async () => {
  realtime.refuseWith = 503;
  const told = new Set<unknown>();
  for (let i = 0; i < 40; i += 1) told.add((await refused()).headers['retry-after']);
  expect(told.size).toBeGreaterThan(1);
});
