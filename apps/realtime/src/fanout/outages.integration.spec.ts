import { randomUUID } from 'node:crypto';
import { eventually } from '../../../../test/support/eventually.js';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { severable, type Severable } from '../../../../test/support/severable.js';
import { closeClients, V1, type Client } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

let broker: TestBroker;
let way: Severable;
let cut: Replica;
let other: Replica;
beforeAll(async () => {
  broker = await testBroker();
  way = await severable(broker.url);
  [cut, other] = [await Replica.start(broker, {}, way.url), await Replica.start(broker)];
});
afterEach(closeClients);
afterAll(async () => {
  await Promise.allSettled([cut?.stop(), other?.stop()]);
  await way?.cut();
  await broker?.stop();
});

const someone = () => `${randomUUID()}:${randomUUID()}`;
const publish = async (token: string | undefined, data: object = {}, id: string = randomUUID()) => {
  const frame = { id, type: 'notification', data: { ...data } };
  await other.publisher.publish(token?.split(':')[0], frame, 'notification');
  return id;
};

it('RT33 RT16: a replica that loses the broker keeps its sockets and then delivers what was missed, in order', async () => {
  const people = Array.from({ length: 20 }, someone);
  const clients = await Promise.all(people.map((token) => cut.open(token, V1)));
  await way.cut();
  const own = new Map<string, string[]>(people.map((token) => [token, []]));
  const expected = new Map<string, string[]>(people.map((token) => [token, []]));
  for (let i = 0; i < 3; i += 1) {
    for (const token of people) own.get(token)!.push(await publish(token));
    const everyone = await publish(undefined);
    for (const token of people) expected.get(token)!.push(own.get(token)![i]!, everyone);
  }
  await expect(cut.open(someone())).rejects.toThrow('503');
  await expect(cut.publisher.publish(randomUUID(), { id: 'x', type: 'x', data: {} }, 'notification')).rejects.toThrow();
  await way.mend();
  const [first] = expected.get(people[0]!)!;
  await clients[0]!.has(first!);
  for (const [i, token] of people.entries()) {
    await clients[i]!.has(expected.get(token)!.at(-1)!);
    expect(clients[i]!.ids).toEqual(expected.get(token));
    expect(clients[i]!.of('gap')).toEqual([]);
  }
}, 60_000);

it('RT22: a client that stops reading is closed with 1013 and holds up nobody', async () => {
  const token = someone();
  const small = await Replica.start(broker, { socketBufferBytes: 65_536 });
  const [stuck, well] = [await small.open(token, V1), await small.open(token, V1)];
  stuck.socket.pause();
  const code = stuck.closed;
  let last = '';
  await eventually('the stuck client to be closed', 20_000, async () => {
    for (let i = 0; i < 20; i += 1) last = await publish(token, { text: 'x'.repeat(32_000) });
    return small.connections.of(token.split(':')[0]!).length === 1 ? true : undefined;
  });
  await well.has(last);
  stuck.socket.resume();
  expect([1006, 1013]).toContain(await code);
  expect(well.socket.readyState).toBe(well.socket.OPEN);
  await small.stop();
}, 40_000);

it('RT24: a slow agent loses the oldest chat, hears how much, and misses no notification', async () => {
  const token = someone();
  const small = await Replica.start(broker, { socketBufferBytes: 16_777_216 });
  const agent = await small.open(token, { ...V1, query: { as: 'agent' } });
  agent.socket.pause();
  const user = token.split(':')[0]!;
  const chat = async (i: number) => {
    const frame = { id: `${user}-${i}`, type: 'chat_message', data: { i, text: 'x'.repeat(32_000) } };
    await other.publisher.publish(user, frame, 'chat');
  };
  const dropped = async () =>
    /lost_total\{class="chat",how="dropped"\} (\d+)/.exec((await small.metrics.scrape()).body)?.[1];
  let sent = 0;
  const id = await publish(token);
  await eventually('chat to be dropped', 20_000, async () => {
    for (let i = 0; i < 50; i += 1) await chat(sent++);
    return dropped();
  });
  agent.socket.resume();
  const end = await publish(token);
  await agent.has(end);
  const gaps = await eventually('the gap', 10_000, async () => lostTold(agent));
  const count = Number(await dropped());
  expect(gaps).toBe(count);
  expect(agent.of('chat_message')).toHaveLength(sent - count);
  expect(agent.ids).toContain(id);
  await small.stop();
}, 40_000);

function lostTold(agent: Client): number | undefined {
  const gaps = agent.of('gap');
  return gaps.length ? gaps.reduce((sum, g) => sum + Number(g.data.dropped), 0) : undefined;
}
