import { randomUUID } from 'node:crypto';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';
import { CHANNEL_DEPTH } from './frame-history.service.js';

let broker: TestBroker;
let replica: Replica;
beforeAll(async () => {
  broker = await testBroker();
  replica = await Replica.start(broker);
}, 60_000);
afterEach(() => {
  closeClients();
  replica.loses = () => false;
});
afterAll(async () => {
  await replica?.stop();
  await broker?.stop();
});

/** Publishes so many, in their order. @param user left out: to everybody */
async function publish(user: string | undefined, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) await replica.publisher.publish(user, { id, type: 'notification', data: {} }, 'notification');
  return ids;
}

/** Publishes what the broker takes and this replica does not hear. */
async function lose(user: string | undefined, count: number): Promise<string[]> {
  replica.loses = (subject) => subject.includes(user ?? 'rtl.all');
  const ids = await publish(user, count);
  replica.loses = () => false;
  return ids;
}

describe('RT20: what the bus loses', () => {
  it('is filled in from the stream before the next event', async () => {
    const user = randomUUID();
    const clients = [await replica.open(`${user}:s`, V1), await replica.open(`${user}:s`)];
    const before = await publish(user, 1);
    await clients[1]!.has(before[0]!);
    const lost = await lose(user, 3);
    const after = await publish(user, 2);
    for (const client of clients) {
      await client.has(after[1]!);
      expect(client.ids).toEqual([...before, ...lost, ...after]);
    }
    expect(clients[0]!.of('gap')).toEqual([]);
  });

  it('of events for everybody is filled in for everybody', async () => {
    const clients = await Promise.all([1, 2].map(() => replica.open(`${randomUUID()}:s`, V1)));
    const lost = await lose(undefined, 1);
    const after = await publish(undefined, 1);
    for (const client of clients) {
      await client.has(after[0]!);
      expect([client.ids, client.of('gap')]).toEqual([[...lost, ...after], []]);
    }
  });

  it('holds back what comes for everybody until it is filled in', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s`);
    const lost = await lose(user, 1);
    const own = await publish(user, 1);
    const everyone = await publish(undefined, 1);
    await client.has(everyone[0]!);
    expect(client.ids).toEqual([...lost, ...own, ...everyone]);
  });

  it('and the stream does not keep is told as a gap before the next event, and it goes on from there', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s`, V1);
    const before = await publish(user, 1);
    await client.has(before[0]!);
    await lose(user, CHANNEL_DEPTH + 1);
    const after = await publish(user, 2);
    await client.has(after[1]!);
    const heard = client.heard.slice(1).map(({ type, id, data }) => (type === 'gap' ? data : id));
    expect(heard).toEqual([...before, { reason: 'history_unavailable' }, ...after]);
  }, 60_000);
});
