import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { freePort } from '#local';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { searches } from '../../../../test/support/nightly.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

const CYCLES = searches(1_000, 50_000);
const AT_ONCE = 25;
/** What other replicas are asked for comes here. */
const ANSWERS = /^_INBOX_realtime\.[^.]+\.realtime\.\*$/;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let broker: TestBroker;
let replica: Replica;
let monitor: number;
beforeAll(async () => {
  monitor = await freePort();
  broker = await testBroker({ monitorPort: monitor });
  replica = await Replica.start(broker);
}, 60_000);
afterAll(async () => {
  await replica?.stop();
  await broker?.stop();
});

/** Somebody comes, hears something, goes in one of the ways in which clients go, and comes and goes again. */
async function comeAndGo(nth: number): Promise<void> {
  const token = `${randomUUID()}:${randomUUID()}`;
  const asking = nth % 3 ? V1 : { ...V1, query: { as: 'agent' } };
  const client = await replica.open(token, asking);
  const { id } = await client.frame('hello');
  if (nth % 2) client.socket.close(1000);
  else client.socket.terminate();
  await client.closed;
  const again = await replica.open(token, { ...V1, query: { ...asking.query, since: id } });
  await again.frame('hello');
  await again.drop();
}

async function churn(cycles: number): Promise<void> {
  for (let done = 0; done < cycles; done += 2 * AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => comeAndGo(i)));
    closeClients();
  }
  await eventually('everybody to be gone', 30_000, async () => replica.connections.count === 0 || undefined);
}

const metric = async (name: string): Promise<number> => {
  const text = await replica.metrics.registry.metrics();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
};

interface Subscriptions {
  num_subscriptions: number;
  subscriptions_list: { subject: string }[];
}

/** Those that the broker has. */
async function subscriptions(): Promise<Subscriptions> {
  const answer = await fetch(`http://127.0.0.1:${monitor}/subsz?subs=1&limit=10000`);
  return (await answer.json()) as Subscriptions;
}

/** Whether other replicas have been asked: their answers have an inbox from then on, a moment after the first opening. */
async function hasAsked(): Promise<true | undefined> {
  const { subscriptions_list } = await subscriptions();
  return subscriptions_list.some(({ subject }) => ANSWERS.test(subject)) || undefined;
}

/** What is held, here and at the broker. */
async function held() {
  await replica.nats.flush();
  // What was told to others leaves memory with what was to be told.
  replica.sent.length = 0;
  const { num_subscriptions } = await subscriptions();
  collect();
  return {
    counts: {
      connections: await metric('gatehouse_realtime_connections'),
      channels: await metric('gatehouse_realtime_subscriptions'),
      people: [...replica.connections.people()].length,
      waiting: await metric('gatehouse_realtime_queue_bytes'),
      subscriptions: num_subscriptions,
    },
    files: readdirSync('/proc/self/fd').length,
    heap: process.memoryUsage().heapUsed,
  };
}

it(`RT25: after ${CYCLES} connects and disconnects nothing is held that was not held before`, async () => {
  // What is made once, at the first use, is no leak.
  await churn(200);
  await eventually('the first question to others', 30_000, hasAsked);
  const before = await held();
  await churn(CYCLES);
  const isFree = ({ files, heap }: typeof before) => files <= before.files * 1.02 && heap < before.heap * 1.02;
  // Sockets are closed, and memory is let go of, a while after the last one has gone.
  const after = await eventually('everything to be let go of', 30_000, async () => {
    const found = await held();
    return isFree(found) ? found : undefined;
  }).catch(held);
  expect(after.counts).toEqual(before.counts);
  expect(after.counts).toMatchObject({ connections: 0, people: 0, waiting: 0 });
  expect([after.files / before.files, after.heap / before.heap, isFree(after)]).toEqual([
    expect.any(Number),
    expect.any(Number),
    true,
  ]);
}, 1_800_000);
