import { connect } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import { eventually } from '../../../../test/support/eventually.js';
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
  realtime.refuseWith = undefined;
});

const wsUrl = (path: string) => gateway.url.replace('http', 'ws') + path;

/** Opens a socket and waits for the first frame. */
function open(
  path: string,
  protocols: string[] = [],
  options: ClientOptions = {},
): Promise<{ ws: WebSocket; first: string }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(wsUrl(path), protocols, options);
    ws.once('message', (data) => resolve({ ws, first: String(data) }));
    ws.once('error', reject);
  });
}

interface Refused {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: { code: string; instance: string };
}

/** Whatever was said to those who were refused. */
const answers: string[] = [];

/** Asks for a socket that must be refused, and reads the plain HTTP answer. */
function refused(path: string, options: ClientOptions & { protocols?: string[] } = {}): Promise<Refused> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(wsUrl(path), options.protocols ?? [], options);
    ws.once('open', () => reject(new Error('it opened')));
    ws.on('error', () => undefined);
    ws.once('unexpected-response', (_request, answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += String(chunk)));
      answer.on('end', () => {
        answers.push(JSON.stringify(answer.headers) + text);
        resolve({ status: answer.statusCode!, headers: answer.headers, body: JSON.parse(text) });
      });
    });
  });
}

describe('C-realtime.ws RT1: a good token', () => {
  it.each(['/v1/auth/ws', '/api/v1/auth/ws', '/auth/ws'])('%s?token= opens the socket', async (path) => {
    const { ws, first } = await open(`${path}?token=${edge.issuer.token()}`);
    expect(first).toBe('hello');
    ws.terminate();
  });

  it('in the subprotocol opens it, and gatehouse.v1 is what was agreed on', async () => {
    const { ws } = await open('/v1/auth/ws', ['gatehouse.v1', `bearer.${edge.issuer.token()}`]);
    expect(ws.protocol).toBe('gatehouse.v1');
    expect(realtime.upgrades[0]!.headers['sec-websocket-protocol']).toBe('gatehouse.v1');
    ws.terminate();
  });

  it('goes on as a header only, with the request id and the client’s address', async () => {
    const token = edge.issuer.token();
    const headers = { 'x-request-id': 'request-ws-1', 'x-forwarded-for': '203.0.113.9', cookie: 'secret=1' };
    const { ws } = await open(`/v1/auth/ws?since=5&token=${token}&as=agent`, [], { headers });
    const [upgrade] = realtime.upgrades;
    expect(upgrade!.url).toBe('/v1/auth/ws?since=5&as=agent');
    expect(upgrade!.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'x-request-id': 'request-ws-1',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(upgrade!.headers).not.toHaveProperty('cookie');
    ws.terminate();
  });

  it('bytes go both ways, large frames too, and an end on one side ends the other', async () => {
    const { ws } = await open('/v1/auth/ws', [], { headers: { authorization: `Bearer ${edge.issuer.token()}` } });
    const big = 'x'.repeat(1_000_000);
    const echoed = new Promise<string>((resolve) => ws.once('message', (data) => resolve(String(data))));
    ws.send(big);
    expect((await echoed).length).toBe(big.length);
    const closed = new Promise<number>((resolve) => ws.once('close', resolve));
    for (const socket of realtime.sockets) socket.close(1012);
    expect(await closed).toBe(1012);
  });
});

describe('RT1: 401 before any upgrade', () => {
  it.each([
    ['no token', () => ''],
    ['garbage', () => 'x.y.z'],
    ['expired', () => edge.issuer.token({ exp: Math.floor(Date.now() / 1000) - 120 })],
    ['alg none', () => edge.issuer.unsignedToken()],
    ['another typ', () => edge.issuer.token({}, { typ: 'mfa+jwt' })],
    ['a foreign aud', () => edge.issuer.token({ aud: ['x'] })],
    ['a service token', () => edge.issuer.serviceToken('root', ['realtime.chat'])],
  ])('%s', async (what, token) => {
    const got = await refused(`/v1/auth/ws?token=${token()}`);
    expect(got.status).toBe(401);
    expect(got.headers['content-type']).toMatch(/^application\/problem\+json/);
    const challenge = what === 'no token' ? 'Bearer' : 'Bearer error="invalid_token"';
    expect(got.headers['www-authenticate']).toBe(challenge);
    expect(got.body.instance).toBe('/v1/auth/ws');
    expect(realtime.upgrades).toEqual([]);
  });

  it('a revoked session', async () => {
    const token = edge.issuer.token();
    await gateway.call('POST', '/v1/auth/logout', { token });
    expect((await refused(`/v1/auth/ws?token=${token}`)).status).toBe(401);
  });
});

it('RT1: a foreign page’s request with cookies is 403, one without cookies is not', async () => {
  const token = edge.issuer.token();
  const origin = 'https://evil.example';
  const got = await refused(`/v1/auth/ws?token=${token}`, { headers: { origin, cookie: '__Host-dash=x' } });
  expect([got.status, got.body.code]).toEqual([403, 'cross_site_refused']);
  const welcome: Record<string, string>[] = [
    { origin },
    { origin: 'https://dashboard.example', cookie: '__Host-dash=x' },
  ];
  for (const headers of welcome) {
    (await open(`/v1/auth/ws?token=${token}`, [], { headers })).ws.terminate();
  }
});

describe('RT3: what is no WebSocket', () => {
  it('a plain GET is 426, a POST 405', async () => {
    const got = await gateway.call('GET', '/auth/ws');
    expect([got.status, got.body.code]).toEqual([426, 'upgrade_required']);
    expect(got.headers.get('upgrade')).toBe('websocket');
    expect((await gateway.call('POST', '/v1/auth/ws')).status).toBe(405);
  });

  it('another version is 426 and names ours', async () => {
    const got = await refused(`/v1/auth/ws?token=${edge.issuer.token()}`, { protocolVersion: 8 });
    expect([got.status, got.headers['sec-websocket-version']]).toEqual([426, '13']);
  });

  it('a client that asks for h2c with every request is served as if it had not', async () => {
    const { port } = new URL(gateway.url);
    const body = JSON.stringify({ username: 'a', password: 'b' });
    const lines = (path: string, more: string[]) =>
      [`POST ${path} HTTP/1.1`, 'Host: x', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', ...more, '', ''].join(
        '\r\n',
      );
    const request = lines('/auth/login', ['Content-Type: application/json', `Content-Length: ${body.length}`]) + body;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(request));
      let got = '';
      socket.on('data', (chunk) => {
        got += String(chunk);
        if (got.includes('"token_type"')) socket.end();
      });
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('an upgrade elsewhere is an ordinary request', async () => {
    expect((await refused('/v1/nothing')).status).toBe(404);
  });
});

describe('the realtime app', () => {
  it('refuses: its 401 stays 401, anything else is 503', async () => {
    const path = `/v1/auth/ws?token=${edge.issuer.token()}`;
    realtime.refuseWith = 401;
    expect((await refused(path)).status).toBe(401);
    realtime.refuseWith = 500;
    const got = await refused(path);
    expect([got.status, got.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[1-5]$/)]);
  });

  it('RT32: hesitates, and a client that does not wait for it is not waited for by anybody', async () => {
    realtime.hesitates = true;
    const ws = new WebSocket(wsUrl(`/v1/auth/ws?token=${edge.issuer.token()}`)).on('error', () => undefined);
    const { socket } = await eventually('the upgrade', 30_000, async () => realtime.upgrades[0]);
    realtime.hesitates = false;
    expect(socket.destroyed).toBe(false);
    ws.terminate();
    await eventually('the upgrade to end', 4_000, async () => socket.destroyed || undefined);
  });

  it('is down: 503', async () => {
    const lonely = await edge.gateway();
    const url = `${lonely.url.replace('http', 'ws')}/v1/auth/ws?token=${edge.issuer.token()}`;
    const status = await new Promise((resolve) => {
      const ws = new WebSocket(url);
      ws.on('error', () => undefined);
      ws.once('unexpected-response', (_request, answer) => resolve(answer.statusCode));
    });
    expect(status).toBe(503);
  });
});

it('RT30: a stopping gateway closes its sockets with 1012, behind what was sent before', async () => {
  const stopping = await edge.gateway({ REALTIME_URL: realtime.url });
  const ws = new WebSocket(`${stopping.url.replace('http', 'ws')}/v1/auth/ws?token=${edge.issuer.token()}`);
  await new Promise((resolve) => ws.once('message', resolve));
  const heard: string[] = [];
  ws.on('message', (data) => heard.push(String(data)));
  const closed = new Promise((resolve) => ws.once('close', resolve));
  for (const socket of realtime.sockets) socket.send('last');
  await stopping.gateway.close();
  expect([await closed, heard]).toEqual([1012, ['last']]);
});

it('RT2: no token of all this is in any line of the log, in any metric, or in what was answered', async () => {
  const about = edge.lines.filter((line) => line.includes('/auth/ws'));
  expect(about.length).toBeGreaterThan(0);
  expect(answers.length).toBeGreaterThan(10);
  const metrics = (await gateway.internal('GET', '/metrics')).text;
  expect(metrics).toMatch(/^gatehouse_/m);
  for (const text of [...edge.lines, ...answers, metrics]) expect(text).not.toMatch(/eyJ/);
});
