import { randomUUID } from 'node:crypto';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, type Client } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

const LIMIT = 10;

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await startReplica(), await startReplica()];
});
afterEach(closeClients);
afterAll(async () => {
  await Promise.all([a?.stop(), b?.stop()]);
  await broker?.stop();
});

const startReplica = () => Replica.start(broker, { connectionsPerUser: LIMIT, socketBufferBytes: 64_000_000 });
const someone = () => `${randomUUID()}:${randomUUID()}`;
const publish = async (token: string, data: object = {}) => {
  const frame = { id: randomUUID(), type: 'notification', data: { ...data } };
  return (await a.publisher.publish(token.split(':')[0], frame, 'notification')).id;
};

const of = (token: string, replicas = [a, b]) =>
  replicas.flatMap((replica) => replica.connections.of(token.split(':')[0]!));
/** Whether it is known of each of a person's connections that it stays. */
const isSettled = (token: string, replicas = [a, b]): boolean =>
  of(token, replicas).every(({ outbox }) => outbox.rank === '');

/** Opens a connection that stays. */
async function settles(replica: Replica, token: string): Promise<Client> {
  const client = await replica.open(token);
  await eventually('it to be known to stay', 20_000, async () => isSettled(token, [replica]) || undefined);
  return client;
}

/** Opens as many connections as a person may have: half of them on either replica. */
async function openAll(token: string): Promise<Client[]> {
  const clients: Client[] = [];
  for (let i = 0; i < LIMIT; i += 1) clients.push(await (i < LIMIT / 2 ? a : b).open(token));
  return clients;
}

it('beyond a person’s share, counted over all replicas, a connection is closed with 1008; their others and other people’s stay', async () => {
  const [one, other] = [someone(), someone()];
  const clients = await openAll(one);
  const stranger = await b.open(other);
  const beyond = await b.open(one);
  expect(await beyond.closed).toBe(1008);
  const id = await publish(one);
  for (const client of clients) {
    await client.has(id);
    expect(client.ids).toEqual([id]);
  }
  await stranger.has(await publish(other));
});

it('a small share holds though each replica has few: however many there are, what is too much is closed', async () => {
  const replicas = await Promise.all([1, 2, 3].map(() => Replica.start(broker, { connectionsPerUser: 3 })));
  try {
    const token = someone();
    await Promise.all(replicas.map((replica) => settles(replica, token)));
    const beyond = await Promise.all(replicas.map((replica) => replica.open(token)));
    expect(await Promise.all(beyond.map(({ closed }) => closed))).toEqual([1008, 1008, 1008]);
    const open = () => replicas.map((replica) => of(token, [replica]).length);
    await eventually('them to be gone', 20_000, async () => open().every((count) => count < 2) || undefined);
    expect(open()).toEqual([1, 1, 1]);
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
});

it('whoever closes one and opens another at the same moment keeps that one, though it is here first', async () => {
  const token = someone();
  const leaving = await settles(a, token);
  for (let i = 1; i < LIMIT; i += 1) await a.open(token);
  const client = await a.open(token);
  leaving.socket.terminate();
  await eventually('all to be known to stay or to go', 20_000, async () => isSettled(token) || undefined);
  expect([client.socket.readyState, of(token).length]).toEqual([client.socket.OPEN, LIMIT]);
});

it('a connection that reads slowly counts as any other', async () => {
  const token = someone();
  const slow = await a.open(token);
  slow.socket.pause();
  const [connection] = a.connections.of(token.split(':')[0]!);
  await eventually('it to lag', 20_000, async () => {
    for (let i = 0; i < 20; i += 1) await publish(token, { text: 'x'.repeat(32_000) });
    return connection!.outbox.keepsUp ? undefined : true;
  });
  for (let i = 1; i < LIMIT; i += 1) await b.open(token);
  const beyond = await b.open(token);
  await eventually(
    'the end of what is too much',
    30_000,
    async () => b.connections.of(token.split(':')[0]!).length < LIMIT || undefined,
  );
  expect(await beyond.closed).toBe(1008);
});

it('of two that open at one moment where there is room for one, one stays', async () => {
  const people = Array.from({ length: 4 }, someone);
  const replicas = [a, b];
  const codes: number[] = [];
  const open = async (token: string, replica: Replica) => {
    const { closed } = await replica.open(token);
    void closed.then((code) => codes.push(code));
  };
  for (const token of people) {
    await Promise.all(Array.from({ length: LIMIT - 1 }, (_, i) => open(token, replicas[i % 2]!)));
    await Promise.all(replicas.map((replica) => open(token, replica)));
  }
  await eventually('all to be known to stay or to go', 20_000, async () => {
    return (people.every((token) => isSettled(token)) && codes.length >= people.length) || undefined;
  });
  expect(people.map((token) => of(token).length)).toEqual(people.map(() => LIMIT));
  expect(codes).toEqual(people.map(() => 1008));
});
