import { randomUUID } from 'node:crypto';
import { eventually } from '../../../../test/support/eventually.js';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { severable, type Severable } from '../../../../test/support/severable.js';
import { closeClients, V1, type Heard } from '../../test/client.js';
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
  const small = await Replica.start(broker, { socketBufferBytes: 1_048_576 });
  const [stuck, well] = [await small.open(token, V1), await small.open(token, V1)];
  stuck.socket.pause();
  const code = stuck.closed;
  let last = '';
  await eventually('the stuck client to be closed', 40_000, async () => {
    for (let i = 0; i < 20; i += 1) last = await publish(token, { text: 'x'.repeat(32_000) });
    // What comes all at once, after a pause of the broker's, is not to be more than one may be behind.
    await well.has(last);
    return small.connections.of(token.split(':')[0]!).length === 1 ? true : undefined;
  });
  stuck.socket.resume();
  expect([1006, 1013]).toContain(await code);
  expect(well.socket.readyState).toBe(well.socket.OPEN);
  await small.stop();
});

it('RT24: a slow agent loses the oldest chat and all but the latest feed, hears once how much, and misses no notification', async () => {
  const token = someone();
  const small = await Replica.start(broker, { socketBufferBytes: 16_777_216 });
  const agent = await small.open(token, { ...V1, query: { as: 'agent' } });
  agent.socket.pause();
  const user = token.split(':')[0]!;
  const tell = async (type: 'chat_message' | 'chat_feed', id: string, data: object) => {
    const frame = { id, type, data: { ...data } };
    await other.publisher.publish(user, frame, type === 'chat_feed' ? 'chat_feed' : 'chat');
  };
  const dropped = async () =>
    /lost_total\{class="chat",how="dropped"\} (\d+)/.exec((await small.metrics.scrape()).body)?.[1];
  let sent = 0;
  const first = await publish(token);
  await eventually('chat to be dropped', 20_000, async () => {
    for (let i = 0; i < 50; i += 1)
      await tell('chat_message', `${user}-${sent}`, { i: sent++, text: 'x'.repeat(32_000) });
    return dropped();
  });
  for (let i = 1; i <= 3; i += 1) await tell('chat_feed', `feed-${i}-${user}`, { i });
  const [amid] = [await publish(token), await tell('chat_message', `${user}-${sent}`, { i: sent++ })];
  agent.socket.resume();
  const end = await publish(token);
  await agent.has(end);

  const count = Number(await dropped());
  expect(agent.of('gap').map(({ data }) => data)).toEqual([{ reason: 'too_slow', dropped: count }]);
  const hole = agent.heard.findIndex(({ type }) => type === 'gap');
  const chats = (heard: Heard[]) => heard.filter(({ type }) => type === 'chat_message').map(({ data }) => data.i);
  const kept = chats(agent.heard.slice(0, hole));
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => i));
  expect(chats(agent.heard.slice(hole))).toEqual(
    Array.from({ length: sent - kept.length - count }, (_, i) => kept.length + count + i),
  );
  expect(agent.of('chat_feed').map(({ data }) => data.i)).toEqual([3]);
  expect(agent.of('notification').map(({ id }) => id)).toEqual([first, amid, end]);
  await small.stop();
}, 40_000);
