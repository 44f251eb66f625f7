import { randomUUID } from 'node:crypto';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

let broker: TestBroker;
let other: Replica;
beforeAll(async () => {
  broker = await testBroker();
  other = await Replica.start(broker);
}, 60_000);
afterEach(closeClients);
afterAll(async () => {
  await other?.stop();
  await broker?.stop();
});

const user = () => randomUUID();

it.each<[string, (replica: Replica) => Promise<void>, number]>([
  ['is killed', (replica) => replica.kill(), 1006],
  ['is told to stop', (replica) => replica.drain(), 1012],
])(
  'RT16: clients whose replica %s go on at another one while events go on, each once and in order',
  async (_, end, code) => {
    const whose = user();
    const ending = await Replica.start(broker);
    const clients = await Promise.all(Array.from({ length: 6 }, () => ending.open(`${whose}:${randomUUID()}`, V1)));
    await Promise.all(clients.map((client) => client.frame('hello')));
    const published: string[] = [];
    const publish = async () => {
      const frame = { id: randomUUID(), type: 'notification', data: {} };
      await other.publisher.publish(whose, frame, 'notification');
      published.push(frame.id);
    };
    let over = false;
    const publishing = (async () => {
      while (!over) await publish();
    })();
    await Promise.all(clients.map((client) => client.frame('notification')));

    await end(ending);
    const codes = await Promise.all(clients.map((client) => client.closed));
    expect(new Set(codes)).toEqual(new Set([code]));
    const back = await Promise.all(
      clients.map(({ lastId }) => other.open(`${whose}:${randomUUID()}`, { ...V1, query: { since: lastId } })),
    );
    over = true;
    await publishing;
    await publish();
    for (const [at, client] of clients.entries()) {
      await back[at]!.has(published.at(-1)!);
      expect([...client.ids, ...back[at]!.ids]).toEqual(published);
      expect([...client.of('gap'), ...back[at]!.of('gap')]).toEqual([]);
      expect(back[at]!.heard[0]).toMatchObject({ type: 'hello', data: { resumed: true } });
    }
    await ending.stop();
  },
);
