import { setImmediate as turn } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Bus } from '#bus';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { Receivers } from './receivers.service.js';

/** Longer than anybody waits for an answer. */
const STANDSTILL_MS = 3_000;

let broker: TestBroker;
const connections: NatsConnection[] = [];
const connection = async (): Promise<NatsConnection> => {
  connections.push(await connect(broker.connectionOptions('realtime')));
  return connections.at(-1)!;
};
beforeAll(async () => {
  broker = await testBroker();
}, 60_000);
afterEach(() => Promise.all(connections.splice(0).map((nc) => nc.close())));
afterAll(() => broker?.stop());

/** A replica that answers so many clients, after which nothing in this process goes on for a while. */
async function replica(clients: number, standstillMs = 0): Promise<void> {
  const nc = await connection();
  nc.subscribe('rtl.user.ann', {
    callback: (_, msg) => {
      msg.respond(String(clients));
      void nc.flush();
      void turn().then(() => {
        for (const end = Date.now() + standstillMs; Date.now() < end;);
      });
    },
  });
  await nc.flush();
}

const receivers = async (): Promise<Receivers> => new Receivers({ connection: await connection() } as unknown as Bus);

it('RT8: what was answered while this process stood still counts', async () => {
  const asking = await receivers();
  await replica(1, STANDSTILL_MS);
  expect(await asking.has('user.ann', 1)).toBe(true);
});

it('RT8: one replica has nobody, another has', async () => {
  const asking = await receivers();
  await replica(0);
  await replica(1, STANDSTILL_MS);
  expect(await asking.has('user.ann', 1)).toBe(true);
});

it('RT8: nobody there is known at once, and of those who have nobody after a moment', async () => {
  const asking = await receivers();
  expect(await asking.has('user.ann', 1)).toBe(false);
  await replica(0);
  expect(await asking.has('user.ann', 1)).toBe(false);
});
