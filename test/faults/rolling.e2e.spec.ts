import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { WebSocket } from 'ws';
import { GatehouseClient, type Frame, type Realtime } from '#client';
import { eventually, pause } from '../support/eventually.js';
import { call } from '../support/http.js';
import { startStack, type Replica, type Stack } from '../support/index.js';
import { searches } from '../support/nightly.js';
import { internal, newcomer, register, type SignedIn } from '../support/people.js';

const PEOPLE = searches(6, 20);
/** Half of each person's clients hand over when they are asked to, half stay until they are closed. */
const CLIENTS_EACH = 8;
const REPLICAS = 3;

/** What a service's address is in a cluster: each connection goes to one of those that are ready, whichever. */
class Service {
  readonly ready = new Set<number>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((near) => {
      const ports = [...this.ready];
      const far = connect(ports[Math.floor(Math.random() * ports.length)]!, '127.0.0.1');
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.pipe(far).pipe(near);
    });
  }

  listen = (port: number) => new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));

  close(): void {
    this.server.close();
  }
}

/** Remembers what it heard of one person. */
interface Listener {
  heard: number[];
  gaps: unknown[];
  begun: boolean;
}

/** A client that heeds no hint: it is closed, and comes back with jitter and the id of its last frame. */
class Stayer implements Listener {
  readonly heard: number[] = [];
  readonly gaps: unknown[] = [];
  /** Close codes. */
  readonly ends: number[] = [];
  /** Statuses of upgrades that were refused: on a busy machine it may be told to come later. */
  readonly refusals: number[] = [];
  begun = false;
  private last?: string;
  private socket?: WebSocket;
  private ended = false;

  constructor(private readonly token: string) {
    this.connect();
  }

  end(): void {
    this.ended = true;
    this.socket?.terminate();
  }

  private connect(): void {
    if (this.ended) return;
    const since = this.last ? `?since=${encodeURIComponent(this.last)}` : '';
    const url = `${stack.info.public_url.replace('http', 'ws')}/v1/auth/ws${since}`;
    const socket = new WebSocket(url, ['gatehouse.v1', `bearer.${this.token}`]);
    this.socket = socket.on('error', () => undefined);
    socket.on('message', (text) => this.take(JSON.parse(String(text)) as Frame));
    // What is refused may be closed, too: one of both brings it back.
    let isGone = false;
    const leave = (reasons: number[], why: number): void => {
      if (isGone || this.ended) return;
      isGone = true;
      reasons.push(why);
      setTimeout(() => this.connect(), 50 + Math.random() * 500);
    };
    socket.once('unexpected-response', (_, { statusCode }) => leave(this.refusals, statusCode!));
    socket.once('close', (code) => leave(this.ends, code));
  }

  private take({ id, type, data }: Frame): void {
    this.last = id;
    this.begun = true;
    if (type === 'notification') this.heard.push(data.n as number);
    if (type === 'gap') this.gaps.push(data);
  }
}

/** A client of the SDK, which goes to another replica before it leaves. */
class Mover implements Listener {
  readonly heard: number[] = [];
  readonly gaps: unknown[] = [];
  /** States that it was in. */
  readonly states: string[] = [];

  constructor(private readonly events: Realtime) {
    events.on('notification', ({ data }) => this.heard.push(data.n as number));
    events.on('gap', ({ data }) => this.gaps.push(data));
    events.onStatus(({ state }) => this.states.push(state));
  }

  get begun(): boolean {
    return this.events.status.state === 'open';
  }
}

let stack: Stack;
const service = new Service();
const replicas: Replica[] = [];
const started: Replica[] = [];
const clients: GatehouseClient[] = [];
const stayers: Stayer[] = [];

beforeAll(async () => {
  stack = await startStack({ env: { LOAD_SHARING_SECONDS: '2', DRAIN_SPREAD_MS: '4000', DRAIN_SECONDS: '10' } });
  await stack.halt('realtime');
  for (let i = 0; i < REPLICAS; i += 1) replicas.push(await join());
  await service.listen(stack.internalPort('realtime'));
}, 180_000);
afterAll(async () => {
  for (const client of clients) client.close();
  for (const stayer of stayers) stayer.end();
  service.close();
  await Promise.all(started.map(({ program }) => program.stop()));
  await stack?.stop();
}, 60_000);

/** One more replica, in service once it is ready. */
async function join(): Promise<Replica> {
  const replica = await stack.replica('realtime');
  started.push(replica);
  await replica.program.start();
  service.ready.add(replica.port);
  return replica;
}

async function person(): Promise<{ who: SignedIn; listeners: Listener[] }> {
  const client = new GatehouseClient({
    baseUrl: stack.info.public_url,
    delivery: 'body',
    WebSocket,
    platform: { channel: () => undefined },
  });
  clients.push(client);
  const who = await register(stack.info, newcomer());
  await client.login({ email: who.email, password: who.password });
  const movers = Array.from({ length: CLIENTS_EACH / 2 }, () => new Mover(client.realtime()));
  const staying = Array.from({ length: CLIENTS_EACH / 2 }, () => new Stayer(who.accessToken));
  stayers.push(...staying);
  return { who, listeners: [...movers, ...staying] };
}

/** Publishes one after the other, each until it is taken. @returns how many */
async function publish({ userId }: SignedIn, until: () => boolean): Promise<number> {
  for (let n = 1; ; n += 1) {
    const body = { type: 'notification', user_id: userId, data: { n }, id: randomUUID() };
    await eventually('an event to be taken', 60_000, async () => {
      const { status } = await internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', body);
      return status === 202 || undefined;
    });
    if (until()) return n;
    await pause(40);
  }
}

/** Who of these people is not in the list, and the status of the answer; one that is no list says nothing of anybody. */
async function look(asker: SignedIn, people: string[]): Promise<{ status: number; missing: string[] }> {
  const { status, body } = await call('GET', `${stack.info.public_url}/v1/auth/users/online`, {
    token: asker.accessToken,
  });
  if (status !== 200) return { status, missing: [] };
  const there = new Set((body.users as { id: string }[]).map(({ id }) => id));
  return { status, missing: people.filter((id) => !there.has(id)) };
}

/** Looks at the list of who is there until told otherwise. @returns who was ever missing, and the statuses of the answers */
async function watch(asker: SignedIn, expected: string[], until: () => boolean) {
  const missing = new Set<string>();
  const statuses = new Set<number>();
  while (!until()) {
    const found = await look(asker, expected);
    statuses.add(found.status);
    for (const id of found.missing) missing.add(id);
    await pause(200);
  }
  return { missing, statuses };
}

async function connectionsOf({ port }: Replica): Promise<number> {
  const { body } = await call('GET', `http://127.0.0.1:${port}/metrics`);
  return Number(/^gatehouse_realtime_connections(?:\{[^}]*\})? (\d+)/m.exec(body as string)?.[1]);
}

it('RT31 RT26 RT30: while every replica is replaced, nobody misses an event or flickers, and in the end each has its share', async () => {
  const people = await Promise.all(Array.from({ length: PEOPLE }, person));
  const listeners = people.flatMap((p) => p.listeners);
  await eventually('every client', 60_000, async () => listeners.every((l) => l.begun) || undefined);
  const ids = people.map(({ who }) => who.userId);
  await eventually('everybody to be in the list', 60_000, async () => {
    const { status, missing } = await look(people[0]!.who, ids);
    return (status === 200 && !missing.length) || undefined;
  });
  let done = false;
  const publishing = Promise.all(people.map(({ who }) => publish(who, () => done)));
  const watching = watch(people[0]!.who, ids, () => done);
  const movers = listeners.filter((l) => l instanceof Mover);
  for (const mover of movers) mover.states.length = 0;

  for (const old of replicas.splice(0)) {
    // As a Deployment with a surge does: the new one is ready before the old one is asked to go.
    replicas.push(await join());
    service.ready.delete(old.port);
    await old.program.stop(20_000);
  }
  const total = listeners.length;
  const counts = await eventually(
    'everybody to have come back, and each replica to have its share',
    60_000,
    async () => {
      const found = await Promise.all(replicas.map(connectionsOf));
      const sum = found.reduce((a, b) => a + b);
      return sum === total && Math.max(...found) <= (1.3 * total) / REPLICAS ? found : undefined;
    },
  );
  expect(counts).toHaveLength(REPLICAS);
  done = true;

  const published = await publishing;
  for (const [i, { listeners: own }] of people.entries()) {
    const all = Array.from({ length: published[i]! }, (_, n) => n + 1);
    for (const listener of own) {
      await eventually('the last event', 30_000, async () => listener.heard.includes(all.length) || undefined);
      expect(listener.heard).toEqual(all);
      expect(listener.gaps).toEqual([]);
    }
  }
  const { missing, statuses } = await watching;
  expect(missing).toEqual(new Set());
  // A busy machine may not answer in time.
  expect([...statuses].filter((status) => status !== 503)).toEqual([200]);
  // Who can hand over was never without a connection, and whoever stayed was told to come back, and nothing else.
  expect(movers.flatMap((m) => m.states).filter((state) => state === 'waiting')).toEqual([]);
  expect(new Set(stayers.flatMap(({ ends }) => ends))).toEqual(new Set([1012]));
  expect(stayers.flatMap(({ refusals }) => refusals).filter((status) => status !== 503)).toEqual([]);
}, 300_000);
