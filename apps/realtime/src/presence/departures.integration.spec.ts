import { randomUUID } from 'node:crypto';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1, type Asking } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

afterEach(closeClients);

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await Replica.start(broker), await Replica.start(broker)];
}, 60_000);
afterAll(async () => {
  await Promise.all([a?.stop(), b?.stop()]);
  await broker?.stop();
});

const SEEN = 'identity.presence.note';
const LEFT = 'identity.presence.leave';

/** How often a replica told identity something about a person. */
const told = ({ sent }: Replica, what: string, user: string): number =>
  sent.filter(([name, input]) => name === what && (input as { user_ids: string[] }).user_ids.includes(user)).length;
const tells = (replica: Replica, what: string, user: string, times = 1) =>
  eventually(`${what} of the person`, 30_000, async () => told(replica, what, user) >= times || undefined);

async function open(replica: Replica, user: string, asking: Asking = V1) {
  const client = await replica.open(`${user}:${randomUUID()}`, asking);
  await client.frame('hello');
  return client;
}

/** Somebody else leaves in due form: what was to be told of those who left before has been told then. */
async function later(replica: Replica): Promise<void> {
  const user = randomUUID();
  const client = await open(replica, user);
  client.socket.close(1000);
  await tells(replica, LEFT, user);
}

it('RT26: who comes is told, and who closes their last client is told to have left, with whatever code or none', async () => {
  for (const code of [1000, 1001, 4000, undefined]) {
    const user = randomUUID();
    const [first, last] = [await open(a, user), await open(a, user)];
    await tells(a, SEEN, user);
    first.socket.close(1000);
    await first.closed;
    await later(a);
    expect(told(a, LEFT, user)).toBe(0);
    last.socket.close(code);
    await tells(a, LEFT, user);
  }
});

it('RT26: who ends their last stream of server-sent events has left, for it has no other goodbye, and who opens another has not', async () => {
  const [leaves, stays] = [randomUUID(), randomUUID()];
  const listen = async (user: string): Promise<() => void> => {
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${user}:${randomUUID()}` };
    const { signal } = leaving;
    expect((await fetch(`http://127.0.0.1:${a.port}/v1/auth/events`, { headers, signal })).status).toBe(200);
    return () => leaving.abort();
  };
  const [leave, change] = [await listen(leaves), await listen(stays)];
  await Promise.all([leaves, stays].map((user) => tells(a, SEEN, user)));
  change();
  const end = await listen(stays);
  leave();
  await tells(a, LEFT, leaves);
  expect(told(a, LEFT, stays)).toBe(0);
  end();
});

it('RT26: who signs out has left', async () => {
  const [user, session] = [randomUUID(), randomUUID()];
  const client = await a.open(`${user}:${session}`, V1);
  await client.frame('hello');
  a.revoke(session);
  expect(await client.closed).toBe(4403);
  await tells(a, LEFT, user);
});

it('RT26: who is cut off, or only has an agent running, or is back at once, has not', async () => {
  const [lost, agent, back] = [randomUUID(), randomUUID(), randomUUID()];
  const clients = [
    await open(a, lost),
    await open(a, agent, { ...V1, query: { as: 'agent' } }),
    await open(a, back),
  ] as const;
  await clients[0].drop();
  for (const { socket } of clients.slice(1)) socket.close(1000);
  await open(a, back);
  await later(a);
  for (const user of [lost, agent, back]) expect(told(a, LEFT, user)).toBe(0);
  expect(told(a, SEEN, agent)).toBe(0);
});

it('RT26: a replica that has the person still says so, after the one that has not', async () => {
  const user = randomUUID();
  const here = await open(a, user);
  await open(b, user);
  await tells(b, SEEN, user);
  here.socket.close(1000);
  await tells(a, LEFT, user);
  await tells(b, SEEN, user, 2);
});

it('RT26: who left is told to be there as soon as they come, on whichever replica', async () => {
  const user = randomUUID();
  for (const [times, replica] of [a, b, a, b].entries()) {
    const client = await open(replica, user);
    await tells(replica, SEEN, user, times < 2 ? 1 : 2);
    client.socket.close(1000);
    await tells(replica, LEFT, user, times < 2 ? 1 : 2);
  }
});

it('RT26: of a deploy nobody is told to have left, also of those who go to another replica by themselves', async () => {
  const c = await Replica.start(broker, { drainSpreadMs: 2_000 });
  const [stays, moves] = [randomUUID(), randomUUID()];
  const [staying, moving] = [await open(c, stays), await open(c, moves)];
  const drained = c.drain();
  await moving.frame('reconnect');
  moving.socket.close(1000);
  await open(b, moves);
  expect(await staying.closed).toBe(1012);
  await drained;
  await tells(b, SEEN, moves);
  await later(a);
  for (const user of [stays, moves]) expect(told(c, LEFT, user)).toBe(0);
  await c.stop();
});

it('RT26: who leaves a moment before their replica stops is told to have left before it goes', async () => {
  const c = await Replica.start(broker);
  const user = randomUUID();
  const client = await open(c, user);
  client.socket.close(1000);
  await eventually('the departure', 30_000, async () => !c.connections.isHere(user) || undefined);
  await c.drain();
  expect(told(c, LEFT, user)).toBe(1);
  await c.stop();
});
