import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

afterEach(closeClients);

let broker: TestBroker;
let a: Replica;
beforeAll(async () => {
  broker = await testBroker();
  a = await Replica.start(broker);
}, 60_000);
afterAll(async () => {
  await a?.stop();
  await broker?.stop();
});

const person = () => ({ user: randomUUID(), session: randomUUID() });
const publish = (from: Replica, user_id: string) =>
  from.publisher.publish(user_id, { id: randomUUID(), type: 'notification', data: {} }, 'notification');

const standStill = () => {
  for (const end = Date.now() + 1_500; Date.now() < end;);
};

describe('a socket', () => {
  it('RT23: that answers no ping is closed with 1011', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    const [connection] = a.connections.of(one.user);
    client.socket.pong = () => undefined;
    client.socket.pause();
    connection!.ping();
    a.upkeep.closeSilent();
    client.socket.resume();
    expect(await client.closed).toBe(1011);
  });

  it('RT23: that goes silent while its connection stands is given up within a beat and its pong, and those that answer stay', async () => {
    const c = await Replica.start(broker, { heartbeatSeconds: 2 });
    const [silent, well] = [person(), person()];
    const far = await c.open(`${silent.user}:${silent.session}`, V1);
    const near = await c.open(`${well.user}:${well.session}`, V1);
    // As behind a link that swallows everything: what is sent is acknowledged by nobody's program.
    far.socket.pause();
    await eventually(
      'the silent one to be given up',
      20_000,
      async () => !c.connections.of(silent.user).length || undefined,
    );
    const { body } = await c.metrics.scrape();
    expect(body).toMatch(/^gatehouse_realtime_heartbeat_timeouts_total [1-9]/m);
    const { id } = await publish(c, well.user);
    await near.has(id);
    expect([near.socket.readyState, c.connections.of(well.user).length]).toEqual([WebSocket.OPEN, 1]);
    await c.stop();
  }, 30_000);

  it('RT23: whose answer lies ready when its replica has stood still is not taken for silent', async () => {
    const c = await Replica.start(broker, { heartbeatSeconds: 1 });
    const one = person();
    const client = await c.open(`${one.user}:${one.session}`, V1);
    let pings = 0;
    client.socket.on('ping', () => (pings += 1));
    // It has answered by now, and the replica, which is the same process, has not read that.
    client.socket.once('ping', () => setImmediate(standStill));
    await eventually('more pings', 20_000, async () => pings > 2 || client.socket.readyState > 1 || undefined);
    const { body } = await c.metrics.scrape();
    expect(body).not.toMatch(/^gatehouse_realtime_heartbeat_timeouts_total [1-9]/m);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    await c.stop();
  });

  it('RT30: is told 1012 when its replica stops, which takes no more upgrades then', async () => {
    const c = await Replica.start(broker);
    const one = person();
    const clients = await Promise.all(Array.from({ length: 5 }, () => c.open(`${one.user}:${one.session}`)));
    await c.drain();
    expect(await Promise.all(clients.map((client) => client.closed))).toEqual(Array(5).fill(1012));
    await expect(c.open(`${one.user}:${one.session}`)).rejects.toThrow('503');
    expect(c.connections.count).toBe(0);
    await c.stop();
  });

  it('RT30: that is being opened while its replica stops is sent elsewhere, and not opened to be cut off', async () => {
    const c = await Replica.start(broker);
    let look = (): void => undefined;
    c.verifying = new Promise((resolve) => (look = resolve));
    const headers = { authorization: `Bearer ${randomUUID()}:s` };
    const stream = fetch(`http://127.0.0.1:${c.port}/v1/auth/events`, { headers });
    const socket = c.open(`${randomUUID()}:s`);
    const outcome = expect(socket).rejects.toThrow('503');
    await eventually('both to be looked at', 30_000, async () => c.verified === 2 || undefined);
    await c.drain();
    look();
    await outcome;
    expect([(await stream).status, c.connections.count]).toEqual([503, 0]);
    await c.stop();
  });

  it('RT25: that comes of no proper request is none, and nothing is kept of it', async () => {
    const channels = async () => /^gatehouse_realtime_subscriptions (\d+)/m.exec((await a.metrics.scrape()).body)?.[1];
    const stays = await a.open(`${randomUUID()}:s`, V1);
    await stays.frame('hello');
    const before = await channels();
    const status = await new Promise((resolve, reject) => {
      const headers = {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'none' },
        authorization: `Bearer ${randomUUID()}:s`,
      };
      const asking = request({ host: '127.0.0.1', port: a.port, path: '/v1/auth/ws', headers });
      asking.on('error', reject).on('response', (response) => resolve(response.resume().statusCode));
      asking.end();
    });
    expect([status, await channels()]).toEqual([400, before]);
  });
});
