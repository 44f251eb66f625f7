import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { WebSocket } from 'ws';
import type { AccessTokenVerifier, DeviceSightings, RevocationList } from '#access-tokens';
import { Log, Metrics, type InternalListener, type Shutdown } from '#boot';
import type { Bus } from '#bus';
import { InvalidToken } from '#contracts';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { FramesService } from '../frames/frames.service.js';
import type { RealtimeConfig } from '../realtime.config.js';
import { Connections } from './connections.js';
import { SocketsDrain } from './sockets-drain.service.js';
import { SocketsUpkeep } from './sockets-upkeep.service.js';
import { UpgradesService } from './upgrades.service.js';

const soon = () => Math.floor(Date.now() / 1000) + 600;

/** One replica of realtime: its own connection to the broker, its own HTTP server. Tokens are `<user>:<session>`. */
class Replica {
  readonly server: Server = createServer();
  readonly revoked = new Set<string>();
  readonly sighted: unknown[] = [];
  private tell: (ids: string[]) => void = () => undefined;
  private stops: (() => Promise<void> | void)[] = [];
  readonly frames: FramesService;
  readonly upkeep: SocketsUpkeep;
  readonly connections: Connections;

  private constructor(private readonly nats: NatsConnection) {
    const bus = { connection: nats } as unknown as Bus;
    const config = { heartbeatSeconds: 60, socketBufferBytes: 1_048_576, drainSpreadMs: 20 } as RealtimeConfig;
    const log = Log.create({ app: 'realtime', level: 'silent' });
    const revocations = {
      onRevoked: (tell: (ids: string[]) => void) => (this.tell = tell),
    } as unknown as RevocationList;
    this.frames = new FramesService(bus);
    const sightings = { note: (token: { device_id?: string }) => this.sighted.push(token.device_id) };
    this.connections = new Connections(config, bus, log, sightings as unknown as DeviceSightings, new Metrics());
    this.upkeep = new SocketsUpkeep(config, this.connections, revocations);
    const listener = {
      onUpgrade: (_: string, take: Parameters<InternalListener['onUpgrade']>[1]) => this.server.on('upgrade', take),
    } as unknown as InternalListener;
    const shutdown = {
      register: (_phase: string, _name: string, stop: () => void) => this.stops.push(stop),
    } as unknown as Shutdown;
    const verifier = { verifyBearer: (token: string) => this.verify(token) } as unknown as AccessTokenVerifier;
    const drain = new SocketsDrain(config, this.connections, shutdown);
    new UpgradesService(listener, verifier, this.connections, drain, log).onApplicationBootstrap();
    this.upkeep.onApplicationBootstrap();
  }

  static async start(broker: TestBroker): Promise<Replica> {
    const replica = new Replica(await connect(broker.connectionOptions('realtime')));
    await new Promise<void>((resolve) => replica.server.listen(0, '127.0.0.1', resolve));
    return replica;
  }

  private verify(token: string): Promise<unknown> {
    const [sub, sid] = token.split(':');
    if (!sid || this.revoked.has(sid)) return Promise.reject(InvalidToken.with());
    const jti = `jti-${sid}`;
    if (this.revoked.has(jti)) return Promise.reject(InvalidToken.with());
    const whose = sid.startsWith('device-') ? { device_id: sid } : { sid };
    return Promise.resolve({ sub, ...whose, jti, exp: soon(), client_id: 'web', roles: [] });
  }

  revoke(sid: string): void {
    this.revoked.add(sid);
    this.tell([sid]);
  }

  drain = async (): Promise<void> => {
    for (const stop of this.stops) await stop();
  };

  open(token: string, query = '', protocols: string[] = []): Promise<Client> {
    const { port } = this.server.address() as AddressInfo;
    return Client.open(`ws://127.0.0.1:${port}/v1/auth/ws${query}`, token, protocols);
  }

  async stop(): Promise<void> {
    this.upkeep.onApplicationShutdown();
    this.server.close();
    this.server.closeAllConnections();
    await this.nats.close();
  }
}

const opened: WebSocket[] = [];
afterEach(() => opened.splice(0).forEach((socket) => socket.terminate()));

class Client {
  readonly ids: string[] = [];
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    opened.push(socket);
    socket.on('message', (data) => this.ids.push((JSON.parse(String(data)) as { id: string }).id));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static open(url: string, token: string, protocols: string[]): Promise<Client> {
    const client = new Client(new WebSocket(url, protocols, { headers: { authorization: `Bearer ${token}` } }));
    return new Promise((resolve, reject) => {
      client.socket.once('open', () => resolve(client));
      client.socket.once('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))));
      client.socket.on('error', reject);
    });
  }

  has = (id: string): Promise<string> => eventually(`frame ${id}`, 10_000, async () => this.ids.find((i) => i === id));
}

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await Replica.start(broker), await Replica.start(broker)];
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await broker.stop();
});

const person = () => ({ user: randomUUID(), session: randomUUID() });
const publish = (from: Replica, user_id: string | undefined, id: string = randomUUID()) =>
  from.frames.publish({ id, type: 'notification', data: {}, user_id, audience: 'all' });
/** A frame that comes last: once it is here, whatever was to come before it has come. */
const mark = async (user: string, ...clients: Client[]) => {
  const id = randomUUID();
  await publish(a, user, id);
  await Promise.all(clients.map((c) => c.has(id)));
  return id;
};

describe('frames', () => {
  it('RT8 RT9: reach all of a person’s sockets on every replica exactly once, and nobody else’s', async () => {
    const [one, other] = [person(), person()];
    const clients = await Promise.all([a, a, b].map((r) => r.open(`${one.user}:${one.session}`)));
    const stranger = await b.open(`${other.user}:${other.session}`);
    const { id } = await publish(a, one.user);
    const last = await mark(one.user, ...clients);
    const strangerLast = await mark(other.user, stranger);
    for (const client of clients) expect(client.ids).toEqual([id, last]);
    expect(stranger.ids).toEqual([strangerLast]);
  });

  it('RT8: without a person reach everyone once', async () => {
    const [one, two] = [person(), person()];
    const clients = [await a.open(`${one.user}:${one.session}`), await b.open(`${two.user}:${two.session}`)];
    const { id } = await publish(b, undefined);
    await Promise.all(clients.map((c) => c.has(id)));
    await mark(one.user, clients[0]!);
    expect(clients[0]!.ids.filter((i) => i === id)).toHaveLength(1);
  });

  it('RT10: arrive in the order in which they were accepted', async () => {
    const one = person();
    const client = await b.open(`${one.user}:${one.session}`);
    const ids = Array.from({ length: 500 }, (_, i) => `${one.user}-${i}`);
    for (const id of ids) await publish(a, one.user, id);
    await client.has(ids.at(-1)!);
    expect(client.ids).toEqual(ids);
  });

  it('RT11: with one id are one frame, and the second answer says so, also when they race', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => publish(i % 2 ? a : b, one.user, id)));
    expect(answers.filter((answer) => !answer.duplicate)).toHaveLength(1);
    const last = await mark(one.user, client);
    expect(client.ids).toEqual([id, last]);
  });

  it('RT13: for agents pass a browser by', async () => {
    const one = person();
    const [browser, agent] = [
      await a.open(`${one.user}:${one.session}`),
      await a.open(`${one.user}:${one.session}`, '?as=agent'),
    ];
    const id = randomUUID();
    await a.frames.publish({ id, type: 'chat_message', data: {}, user_id: one.user, audience: 'agents' });
    const last = await mark(one.user, browser, agent);
    expect([agent.ids, browser.ids]).toEqual([[id, last], [last]]);
  });
});

describe('a socket', () => {
  it('RT1: is refused with 401 before the upgrade when its token is', async () => {
    await expect(a.open('nonsense')).rejects.toThrow('401');
  });

  it('negotiates gatehouse.v1 and never echoes the token that was offered beside it', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`, '', ['bearer.secret', 'gatehouse.v1']);
    expect(client.socket.protocol).toBe('gatehouse.v1');
  });

  it('RT4: ignores what a client says, closes a flood with 1008 and a large frame with 1009', async () => {
    const one = person();
    const [quiet, flood, large] = await Promise.all([a, a, a].map((r) => r.open(`${one.user}:${one.session}`)));
    quiet!.socket.send('{"type":"anything"}');
    quiet!.socket.send(Buffer.from([1, 2, 3]));
    large!.socket.send('x'.repeat(5_000));
    for (let i = 0; i < 200; i += 1) flood!.socket.send('x');
    expect(await Promise.all([flood!.closed, large!.closed])).toEqual([1008, 1009]);
    const last = await mark(one.user, quiet!);
    expect(quiet!.ids).toEqual([last]);
  });

  it('RT5: is closed with 4401 once its token has expired', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    a.upkeep.closeExpired(soon());
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    a.upkeep.closeExpired(soon() + 60);
    expect(await client.closed).toBe(4401);
  });

  it('RT6: is closed with 4403 when its session is revoked, on whichever replica, and no other is', async () => {
    const one = person();
    const other = { ...one, session: randomUUID() };
    const [mine, elsewhere, theirs] = [
      await a.open(`${one.user}:${one.session}`),
      await b.open(`${one.user}:${one.session}`),
      await a.open(`${other.user}:${other.session}`),
    ];
    for (const replica of [a, b]) replica.revoke(one.session);
    expect(await Promise.all([mine.closed, elsewhere.closed])).toEqual([4403, 4403]);
    await mark(one.user, theirs);
    await expect(a.open(`${one.user}:${one.session}`)).rejects.toThrow('401');
  });

  it('C-devices.revoke R-DP3 RT6: of a device is an agent’s, is noted, and is closed with 4403 when its token is revoked', async () => {
    const one = { user: randomUUID(), session: `device-${randomUUID()}` };
    const [device, again, browser] = [
      await a.open(`${one.user}:${one.session}`),
      await b.open(`${one.user}:${one.session}`),
      await a.open(`${one.user}:${randomUUID()}`),
    ];
    expect(a.sighted).toContain(one.session);
    const id = randomUUID();
    await a.frames.publish({ id, type: 'chat_message', data: {}, user_id: one.user, audience: 'agents' });
    const last = await mark(one.user, device, again, browser);
    expect([device.ids, again.ids, browser.ids]).toEqual([[id, last], [id, last], [last]]);
    for (const replica of [a, b]) replica.revoke(`jti-${one.session}`);
    expect(await Promise.all([device.closed, again.closed])).toEqual([4403, 4403]);
    await mark(one.user, browser);
    await expect(a.open(`${one.user}:${one.session}`)).rejects.toThrow('401');
  });

  it('RT23: that answers no ping is closed with 1011', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    const [connection] = [...a.connections.all()].filter((c) => c.owner.userId === one.user);
    client.socket.pong = () => undefined;
    client.socket.pause();
    connection!.beat();
    connection!.beat();
    client.socket.resume();
    expect(await client.closed).toBe(1011);
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
});
