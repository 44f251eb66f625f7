import { randomUUID } from 'node:crypto';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

let broker: TestBroker;
let replica: Replica;
beforeAll(async () => {
  broker = await testBroker();
  replica = await Replica.start(broker);
}, 60_000);
afterAll(async () => {
  closeClients();
  await replica?.stop();
  await broker?.stop();
});

/** Publishes as a producer does, until it is taken. */
const publish = async (user: string): Promise<string> => {
  const frame = { id: randomUUID(), type: 'x', data: {} };
  const attempt = () => replica.publisher.publish(user, frame, 'notification').catch(() => undefined);
  return (await eventually('acceptance', 20_000, attempt)).id;
};

it('RT19: a stream that is made anew is told as a gap to who is open, and what is published into it comes once', async () => {
  const user = randomUUID();
  const client = await replica.open(`${user}:s`, V1);
  const before = [await publish(user), await publish(user), await publish(user)];
  await client.has(before[2]!);
  const { lastId } = client;
  const { id: cursor } = await client.frame('hello');
  const resumed = await replica.open(`${user}:s`, { ...V1, query: { since: lastId } });
  await resumed.frame('hello');
  await broker.replace();
  const after = [await publish(user), await publish(user)];
  await client.has(after[1]!);
  expect(client.ids).toEqual([...before, ...after]);
  await resumed.has(after[1]!);
  expect(resumed.ids).toEqual(after);
  expect((await client.frame('gap')).data).toEqual({ reason: 'history_unavailable' });

  for (const since of [lastId, cursor]) {
    const back = await replica.open(`${user}:s`, { ...V1, query: { since } });
    expect((await back.frame('hello')).data.resumed).toBe(false);
    expect((await back.frame('gap')).data).toEqual({ reason: 'cursor_unknown' });
  }
  const goesOn = await replica.open(`${user}:s`, { ...V1, query: { since: after[0]! } });
  await goesOn.has(after[1]!);
  expect(goesOn.ids).toEqual([after[1]]);
});
