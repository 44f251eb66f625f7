import { randomUUID } from 'node:crypto';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

let broker: TestBroker;
let replica: Replica;
beforeAll(async () => {
  broker = await testBroker();
  replica = await Replica.start(broker, { socketBufferBytes: 16_777_216 });
}, 60_000);
afterAll(async () => {
  closeClients();
  await replica?.stop();
  await broker?.stop();
});

/** The value of a series; undefined while there is none. */
async function value(series: string): Promise<number | undefined> {
  const { body } = await replica.metrics.scrape();
  const line = body.split('\n').find((l) => l.startsWith(`${series} `));
  return line ? Number(line.slice(series.length + 1)) : undefined;
}
const counts = (series: string, least = 1) =>
  eventually(series, 30_000, async () =>
    ((await value(`gatehouse_realtime_${series}`)) ?? 0) >= least ? true : undefined,
  );

const publish = (user: string, data: object = {}) =>
  replica.publisher.publish(user, { id: randomUUID(), type: 'x', data: { ...data } }, 'notification');

describe('RT36: counted and measured are', () => {
  it('connects, closes by code, deliveries by class and the time from publishing to writing', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s1`, V1);
    const { id } = await publish(user);
    await client.has(id);
    await counts('connects_total{kind="websocket"}');
    await counts('connections');
    await counts('subscriptions');
    await counts('deliveries_total{class="notification"}');
    await counts('publish_to_write_seconds_count');
    await client.drop();
    await counts('closes_total{code="1006"}');
  });

  it('closes with codes that clients made up, all as one', async () => {
    for (const code of [3_000, 4_000, 4_999]) {
      const client = await replica.open(`${randomUUID()}:s1`, V1);
      client.socket.close(code);
    }
    const ours = await replica.open(`${randomUUID()}:s1`, V1);
    ours.socket.close(4_401);
    await counts('closes_total{code="other"}', 3);
    await counts('closes_total{code="4401"}');
    expect((await replica.metrics.scrape()).body).not.toMatch(/closes_total\{code="(3|40|49)/);
  });

  it('resumptions with what they replayed, and reads of the history', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s1`, V1);
    const { id } = await client.frame('hello');
    await client.drop();
    await publish(user);
    await publish(user);
    const back = await replica.open(`${user}:s1`, { ...V1, query: { since: id } });
    await eventually('both', 30_000, async () => back.ids.length === 2 || undefined);
    await counts('resumes_total{outcome="resumed"}');
    await counts('replayed_frames_sum', 2);
    await counts('history_seconds_count');
  });

  it('bytes that wait for clients that do not read', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s1`, V1);
    expect(await value('gatehouse_realtime_queue_bytes')).toBe(0);
    client.socket.pause();
    await eventually('bytes to wait', 20_000, async () => {
      for (let i = 0; i < 10; i += 1) await publish(user, { text: 'x'.repeat(32_000) });
      return ((await value('gatehouse_realtime_queue_bytes')) ?? 0) > 0 || undefined;
    });
    await client.drop();
  });

  it('new tokens by what became of them, and how long a revocation took', async () => {
    const user = randomUUID();
    const client = await replica.open(`${user}:s1`, V1);
    client.say({ type: 'refresh', data: { token: `${user}:s2` } });
    await client.frame('refreshed');
    client.say({ type: 'refresh', data: { token: 'bad' } });
    await client.frame('refresh_failed');
    await counts('refreshes_total{outcome="accepted"}');
    await counts('refreshes_total{outcome="refused"}');
    replica.revoke('s2');
    expect(await client.closed).toBe(4403);
    await counts('revocation_seconds_count');
    await counts('closes_total{code="4403"}');
  });

  it('what slow clients did not get, by class and whether it was dropped or stood in for', async () => {
    const user = randomUUID();
    const agent = await replica.open(`${user}:s1`, { ...V1, query: { as: 'agent' } });
    agent.socket.pause();
    const text = 'x'.repeat(32_000);
    for (const [eventClass, how] of [
      ['chat', 'dropped'],
      ['chat_feed', 'conflated'],
    ] as const) {
      const lost = `gatehouse_realtime_lost_total{class="${eventClass}",how="${how}"}`;
      await eventually(lost, 30_000, async () => {
        const frame = () => ({ id: randomUUID(), type: eventClass, data: { text } });
        await Promise.all(Array.from({ length: 40 }, () => replica.publisher.publish(user, frame(), eventClass)));
        return value(lost);
      });
    }
    await agent.drop();
  }, 90_000);
});
