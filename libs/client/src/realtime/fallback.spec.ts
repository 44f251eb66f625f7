import { WebSocket as Socket } from 'ws';
import { freePort } from '#local';
import { Gateway } from '../../test/gateway.js';
import { listen, until } from '../../test/heard.js';
import type { Peer } from '../../test/peer.js';
import { GatehouseClient, type WebSocketClass } from '../index.js';
import { fullJitter } from '../backoff.js';
import { comeBack } from './close-codes.js';
import { EventStreamParser, type StreamEvent } from './event-stream.js';
import type { Realtime } from './realtime.js';

let gateway: Gateway;
const clients: GatehouseClient[] = [];

beforeEach(async () => {
  gateway = await Gateway.start();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await gateway.stop();
});

async function connect(WebSocket: WebSocketClass | null = Socket, options = {}) {
  const platform = { random: () => 0.002 };
  const client = new GatehouseClient({ baseUrl: gateway.url, delivery: 'body', WebSocket, platform });
  clients.push(client);
  await client.login({ username: 'rowan', password: 'lantern' });
  return { client, ...listen(client, options) };
}

const peer = (nth: number): Promise<Peer> => gateway.peer(nth);
const isOpen = (realtime: Realtime, kind: string) => () =>
  realtime.status.state === 'open' && realtime.status.kind === kind;

describe('server-sent events in place of WebSockets', () => {
  it('C-realtime.sse: take over when WebSockets do not get through, and resume with the same cursors', async () => {
    gateway.refuseUpgrade = () => 502;
    const { realtime, ids } = await connect();
    const first = await peer(1);
    expect([first.kind, first.token]).toEqual(['sse', 'access-1']);
    first.events('e1', 'e2');
    await until('the events', () => ids.length === 2);
    first.close(1012);
    const second = await peer(2);
    expect([second.kind, second.since]).toEqual(['sse', 'e2']);
    second.events('e2', 'e3');
    await until('the third', () => ids.includes('e3'));
    expect(ids).toEqual(['e1', 'e2', 'e3']);
    expect(realtime.status).toEqual({ state: 'open', kind: 'sse' });
  });

  it('C-realtime.sse RT5: get a new token by a new stream, which takes over from the old one', async () => {
    gateway.refuseUpgrade = () => 502;
    const { realtime } = await connect();
    await until('the stream', isOpen(realtime, 'sse'));
    const first = await peer(1);
    first.control('token_expiring', { expires_at: '' });
    const second = await peer(2);
    expect(second.token).toBe('access-2');
    await until('the goodbye', () => first.closed);
  });

  it('C-realtime.sse RT1: a refused token is told apart from a server that is away, and is renewed', async () => {
    gateway.refuseUpgrade = () => 502;
    const { realtime } = await connect();
    gateway.session.expire('access-1');
    expect((await peer(1)).token).toBe('access-2');
    await until('the stream', isOpen(realtime, 'sse'));
  });

  it('C-realtime: a WebSocket is tried again when the server was only away', async () => {
    // A port that nobody takes while the server is away, not even a connection that looks for it there.
    await gateway.stop();
    gateway = await Gateway.start(await freePort());
    const { realtime } = await connect();
    await until('the socket', isOpen(realtime, 'websocket'));
    const port = Number(new URL(gateway.url).port);
    const { session } = gateway;
    await gateway.stop();
    await until('a failure', () => realtime.status.state === 'waiting');
    gateway = await Gateway.start(port);
    Object.assign(gateway, { session });
    await until('a connection', () => realtime.status.state === 'open');
    expect(gateway.peers[0]?.since).toBe('cursor-0');
  });

  it('C-realtime: where there is no other way, a token that may be the reason is renewed', async () => {
    const { realtime } = await connect(Socket, { streams: false });
    gateway.session.expire('access-1');
    await until('the socket', isOpen(realtime, 'websocket'));
    expect((await peer(1)).token).toBe('access-2');
  });

  it('C-realtime: without any WebSocket the stream is the way; with neither there is an error at once', async () => {
    const { realtime, client } = await connect(null);
    await until('the stream', isOpen(realtime, 'sse'));
    expect(gateway.count('UPGRADE /v1/auth/ws')).toBe(0);
    expect(() => client.realtime({ streams: false })).toThrow(/no WebSocket/);
  });
});

describe('the parser of event streams', () => {
  const parse = (...pieces: string[]): StreamEvent[] => {
    const events: StreamEvent[] = [];
    const parser = new EventStreamParser((event) => events.push(event), 64);
    for (const piece of pieces) parser.push(piece);
    return events;
  };

  it('C-realtime.sse: reads events cut anywhere, with every kind of line end', () => {
    const text = 'id: 1\r\ndata: a\r\ndata:b\r\n\r\n: beat\nid:2\ndata: c\n\rdata: d\r\r\n';
    const whole = parse(text);
    expect(whole).toEqual([{ id: '1', data: 'a\nb' }, {}, { id: '2', data: 'c' }, { id: undefined, data: 'd' }]);
    for (let at = 1; at < text.length; at += 1) expect(parse(text.slice(0, at), text.slice(at))).toEqual(whole);
    expect(parse(...text)).toEqual(whole);
  });

  it('C-realtime.sse: refuses a line without end', () => {
    expect(() => parse(`data: ${'x'.repeat(100)}`)).toThrow(/too long/);
  });
});

describe('coming back', () => {
  it('RT31: waits are spread over all of a window that doubles up to a cap', () => {
    const bounds = { baseMs: 1_000, capMs: 30_000 };
    expect([0, 1, 4, 5, 500].map((n) => fullJitter(bounds, n, () => 1))).toEqual([
      1_000, 2_000, 16_000, 30_000, 30_000,
    ]);
    expect(fullJitter(bounds, 9, () => 0)).toBe(0);
    expect(fullJitter({ ...bounds, floorMs: 500 }, 0, () => 0.5)).toBe(1_000);
  });

  it('RT22 RT32: whoever was too slow, or too many, or told to wait, waits at least so long', () => {
    expect(comeBack({ code: 1013, reason: '' }).floorMs).toBe(2_000);
    expect(comeBack({ code: 1008, reason: '' }).floorMs).toBe(15_000);
    expect(comeBack({ code: 1006, reason: '', retryAfterMs: 4_000 }).floorMs).toBe(4_000);
    expect(comeBack({ code: 4401, reason: '' }).baseMs).toBeLessThan(1_000);
  });
});
