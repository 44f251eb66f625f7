import { randomUUID } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { eventually, pause } from '../../../../test/support/eventually.js';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1, type Heard } from '../../test/client.js';
import { Replica, soon } from '../../test/replica.js';
import type { Connection } from '../sockets/connection.js';

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await Replica.start(broker), await Replica.start(broker)];
});
afterEach(() => {
  closeClients();
  open.splice(0).forEach((stream) => stream.drop());
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await broker.stop();
});

interface Stream {
  status: number;
  /** What `EventSource` would hand on, each with its `lastEventId`. */
  events: (Heard & { lastEventId: string })[];
  /** What `EventSource` would send as `Last-Event-ID`. */
  lastEventId: string;
  ended: boolean;
  drop(): void;
}

const open: Stream[] = [];

/** Reads a stream as the standard says. */
function listen(replica: Replica, token: string, path = '/v1/auth/events', headers = {}): Promise<Stream> {
  const asking = request({
    host: '127.0.0.1',
    port: replica.port,
    path,
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    asking.on('error', reject).on('response', (response) => {
      const stream: Stream = {
        status: response.statusCode!,
        events: [],
        lastEventId: '',
        ended: false,
        drop: () => asking.destroy(),
      };
      open.push(stream);
      let rest = '';
      response.setEncoding('utf8').on('error', () => undefined);
      response.on('end', () => (stream.ended = true));
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) take(stream, block);
      });
      resolve(stream);
    });
    asking.end();
  });
}

/** Opens a stream of which nothing is read. */
function openUnread(replica: Replica, token: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` };
  const asking = request({ host: '127.0.0.1', port: replica.port, path: '/v1/auth/events', headers });
  return new Promise((resolve, reject) => {
    asking.on('error', reject).on('response', (response) => resolve(response.on('error', () => undefined)));
    asking.end();
  });
}

/** Says so much to a person's connections that the ways there are full of it. */
async function fill(userId: string, unread: Connection): Promise<void> {
  const data = { text: 'x'.repeat(200_000) };
  await eventually('a way that is full', 20_000, async () => {
    if (unread.outbox.waiting) return true;
    await a.publisher.publish(userId, { id: randomUUID(), type: 'notification', data }, 'notification');
  });
}

function take(stream: Stream, block: string): void {
  const field = (name: string) =>
    block
      .split('\n')
      .find((l) => l.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  stream.lastEventId = field('id') ?? stream.lastEventId;
  const data = field('data');
  if (data) stream.events.push({ ...(JSON.parse(data) as Heard), lastEventId: stream.lastEventId });
}

const someone = () => `${randomUUID()}:${randomUUID()}`;
const publish = async (token: string) => {
  const id = randomUUID();
  await a.publisher.publish(token.split(':')[0], { id, type: 'notification', data: { n: 1 } }, 'notification');
  return id;
};
const has = (stream: Stream, id: string) =>
  eventually(`event ${id}`, 30_000, async () => stream.events.find((e) => e.id === id));
const typed = (stream: Stream, type: string) =>
  eventually(`an event ${type}`, 30_000, async () => stream.events.find((e) => e.type === type));

describe('C-realtime.ws: a stream of server-sent events', () => {
  it('says hello and then hands on the same frames as a socket', async () => {
    const token = someone();
    const [stream, socket] = [await listen(a, token), await b.open(token, V1)];
    const id = await publish(token);
    const { lastEventId, ...event } = await has(stream, id);
    await socket.has(id);
    expect(lastEventId).toBe(id);
    expect(event).toEqual(socket.heard.find((f) => f.id === id));
    expect(stream.events[0]).toMatchObject({ type: 'hello', data: { resumed: false } });
  });

  it('RT15 RT16: goes on after Last-Event-ID on any replica, also with a socket’s cursor, and the other way round', async () => {
    const token = someone();
    const first = await listen(a, token);
    await typed(first, 'hello');
    first.drop();
    const missed = [await publish(token), await publish(token)];
    const again = await listen(b, token, undefined, { 'last-event-id': first.lastEventId });
    await has(again, missed[1]!);
    expect(again.events.map((e) => e.id).slice(1)).toEqual(missed);
    const socket = await a.open(token, { ...V1, query: { since: missed[0]! } });
    await socket.has(missed[1]!);
    expect(socket.ids).toEqual([missed[1]]);
    const third = await listen(a, token, `/v1/auth/events?since=${socket.heard[0]!.id}`);
    await has(third, missed[1]!);
    expect(third.events.map((e) => e.id).slice(1)).toEqual([missed[1]]);
  });

  it('RT15: goes on after Last-Event-ID, which is newer than what its address says', async () => {
    const token = someone();
    const [first, second, third] = [await publish(token), await publish(token), await publish(token)];
    // An `EventSource` comes back to the address that it was made with, and says in the header what it had since.
    const again = await listen(a, token, `/v1/auth/events?since=${first}`, { 'last-event-id': second });
    await has(again, third);
    expect(again.events.map((e) => e.id).slice(1)).toEqual([third]);
    const had = await listen(b, token, `/v1/auth/events?since=${first}`, { 'last-event-id': '' });
    await has(had, third);
    expect(had.events.map((e) => e.id).slice(1)).toEqual([second, third]);
  });

  it('RT19: says gap where it cannot', async () => {
    const stream = await listen(a, someone(), undefined, { 'last-event-id': 'garbage' });
    expect((await typed(stream, 'gap')).data).toEqual({ reason: 'cursor_unknown' });
  });

  it('tells in its heartbeat where the client stands', async () => {
    const token = someone();
    const stream = await listen(a, token);
    await typed(stream, 'hello');
    const id = await publish(token);
    await has(stream, id);
    for (const connection of a.connections.of(token.split(':')[0]!)) connection.ping();
    await eventually('a heartbeat', 30_000, async () => (stream.lastEventId === id ? undefined : true));
    stream.drop();
    const next = await publish(token);
    const again = await listen(b, token, undefined, { 'last-event-id': stream.lastEventId });
    await has(again, next);
    expect(again.events.map((e) => e.id).slice(1)).toEqual([next]);
  });

  it('RT1: is 401 with a bad token', async () => {
    expect((await listen(a, 'nonsense')).status).toBe(401);
  });

  it('RT5 RT6: ends with the close code of a socket as its last event', async () => {
    const [token, other] = [someone(), someone()];
    const [revoked, expired] = [await listen(a, token), await listen(a, other)];
    await Promise.all([typed(revoked, 'hello'), typed(expired, 'hello')]);
    a.revoke(token.split(':')[1]!);
    expect((await typed(revoked, 'close')).data.code).toBe(4403);
    a.upkeep.check((soon() + 60) * 1_000);
    expect((await typed(expired, 'close')).data.code).toBe(4401);
    await eventually('the end', 30_000, async () => (revoked.ended && expired.ended ? true : undefined));
  });

  it('RT22 RT23: that is not read is closed once nothing more goes out, however little it is sent', async () => {
    const token = someone();
    const userId = token.split(':')[0]!;
    const response = await openUnread(a, token);
    const [unread] = a.connections.of(userId);
    const read = await listen(a, token);
    await fill(userId, unread!);
    const isOpen = () => [...a.connections.of(userId)].includes(unread!);
    await eventually('its end', 20_000, async () => {
      for (const connection of a.connections.all()) connection.ping();
      await pause(100);
      a.upkeep.closeSilent();
      return isOpen() ? undefined : true;
    });
    const id = await publish(token);
    await has(read, id);
    response.destroy();
  });

  it('RT30: is asked to go and then ended with 1012 when its replica stops', async () => {
    const c = await Replica.start(broker);
    const stream = await listen(c, someone());
    await typed(stream, 'hello');
    await c.drain();
    await typed(stream, 'reconnect');
    expect((await typed(stream, 'close')).data.code).toBe(1012);
    expect((await listen(c, someone())).status).toBe(503);
    await c.stop();
  });
});
