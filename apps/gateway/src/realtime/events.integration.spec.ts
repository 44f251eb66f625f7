import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';
import { RealtimeDouble } from '../../test/realtime-double.js';

let edge: Edge;
let realtime: RealtimeDouble;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  realtime = await RealtimeDouble.start();
  gateway = await edge.gateway({ REALTIME_URL: realtime.url });
});
afterAll(async () => {
  await realtime.stop();
  await edge.stop();
});
beforeEach(() => {
  realtime.streams.length = 0;
  realtime.refuseWith = undefined;
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
    const busy = await get('/v1/auth/events', headers);
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '2']);
    const lonely = await edge.gateway();
    expect((await get('/v1/auth/events', headers, lonely.url)).status).toBe(503);
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
  for (const line of edge.lines) expect(line).not.toMatch(/eyJ/);
});
