import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { gatewayToRealtime, type GatewayToRealtime } from '../../test/gateway-to-realtime.js';

let whole: GatewayToRealtime;
let { edge, realtime, gateway } = {} as GatewayToRealtime;

beforeAll(async () => {
  whole = await gatewayToRealtime();
  ({ edge, realtime, gateway } = whole);
});
afterAll(() => whole?.stop());
beforeEach(() => {
  realtime.streams.length = 0;
  realtime.refuseWith = realtime.retryAfter = undefined;
});

interface Answer {
  status?: number;
  headers: IncomingHttpHeaders;
  /** The first that came of the body. */
  first: Promise<string>;
  /** The whole body. */
  text: Promise<string>;
  leave(): void;
}

/** Each request has a connection of its own. */
function get(path: string, headers: OutgoingHttpHeaders = {}, url = gateway.url): Promise<Answer> {
  const asking = request(url + path, { headers, agent: false });
  return new Promise((resolve, reject) => {
    asking.once('response', (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8').on('error', () => undefined);
      const first = new Promise<string>((got) => response.once('data', got));
      const text = new Promise<string>((got) => response.once('close', () => got(chunks.join(''))));
      response.on('data', (chunk: string) => chunks.push(chunk));
      const { statusCode: status, headers } = response;
      resolve({ status, headers, first, text, leave: () => asking.destroy() });
    });
    asking.on('error', reject);
    asking.end();
  });
}

describe('C-realtime.ws: server-sent events', () => {
  it.each(['/v1/auth/events', '/api/v1/auth/events', '/auth/events'])('come from %s', async (path) => {
    const token = edge.issuer.token();
    const sent = { 'last-event-id': 'e-1', origin: 'https://dashboard.example' };
    const answer = await get(`${path}?token=${token}&as=agent`, sent);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['access-control-allow-origin']).toBe('https://dashboard.example');
    expect(await answer.first).toBe('retry: 2000\n\n');
    const [asked] = realtime.streams;
    expect(asked!.url).toBe('/v1/auth/events?as=agent');
    expect(asked!.headers).toMatchObject({ authorization: `Bearer ${token}`, 'last-event-id': 'e-1' });
    expect(asked!.headers.cookie).toBeUndefined();
  });

  it('RT1: are 401 without a good token, before realtime is asked', async () => {
    for (const path of ['/v1/auth/events', '/v1/auth/events?token=x.y.z']) {
      const answer = await get(path);
      expect([answer.status, answer.headers['content-type']]).toEqual([401, expect.stringMatching(/problem/)]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect(realtime.streams).toEqual([]);
  });

  it('are 401 where realtime says so, else 503', async () => {
    const headers = { authorization: `Bearer ${edge.issuer.token()}` };
    realtime.refuseWith = 401;
    expect((await get('/v1/auth/events', headers)).status).toBe(401);
    realtime.refuseWith = 503;
    realtime.retryAfter = '4';
    const busy = await get('/v1/auth/events', headers);
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '4']);
    const lonely = await edge.gateway();
    expect((await get('/v1/auth/events', headers, lonely.url)).status).toBe(503);
  });

  it('RT25: are not opened for a HEAD, which nobody would end', async () => {
    const sent = { method: 'HEAD', headers: { authorization: `Bearer ${edge.issuer.token()}` } };
    const answer = await fetch(`${gateway.url}/v1/auth/events`, sent);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect((await fetch(`${gateway.url}/v1/auth/events`, { method: 'HEAD' })).status).toBe(401);
    expect(realtime.streams).toEqual([]);
  });

  it('end when the client leaves, and in order when the gateway stops', async () => {
    const headers = { authorization: `Bearer ${edge.issuer.token()}` };
    const leaving = await get('/v1/auth/events', headers);
    const gone = new Promise((resolve) => realtime.streams[0]!.socket.once('close', resolve));
    leaving.leave();
    await gone;
    const stopping = await edge.gateway({ REALTIME_URL: realtime.url });
    const { text } = await get('/v1/auth/events', headers, stopping.url);
    await stopping.gateway.close();
    expect(await text).toBe('retry: 2000\n\n');
  });
});

it('RT2: no token of all this is in any line of the log', () => {
  expect(edge.lines.filter((line) => line.includes('/auth/events')).length).toBeGreaterThan(5);
  for (const line of edge.lines) expect(line).not.toMatch(/eyJ/);
});
