import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, V1 } from '../../test/client.js';
import { Replica } from '../../test/replica.js';

const AT_ONCE = 4;

let broker: TestBroker;
let replica: Replica;
beforeAll(async () => {
  broker = await testBroker();
  replica = await Replica.start(broker, { openingsAtOnce: AT_ONCE });
}, 60_000);
afterAll(async () => {
  closeClients();
  await replica?.stop();
  await broker?.stop();
});

const asking = ({ port }: Replica, token = `${randomUUID()}:s`): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}/v1/auth/ws`, { headers: { authorization: `Bearer ${token}` } });

/** Status and `Retry-After` of an upgrade; nothing when it was taken. */
function refusal(token: string): Promise<[number, number] | undefined> {
  const socket = asking(replica, token);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => resolve(undefined));
    socket.once('unexpected-response', (request, { statusCode, headers }) => {
      resolve([statusCode!, Number(headers['retry-after'])]);
      request.destroy();
    });
  }).finally(() => socket.terminate()) as Promise<[number, number] | undefined>;
}

const stream = () =>
  fetch(`http://127.0.0.1:${replica.port}/v1/auth/events`, { headers: { authorization: `Bearer ${randomUUID()}:s` } });

it('RT32: beyond what may open at once is 503 at a moment that differs, and who is open goes on', async () => {
  const user = randomUUID();
  const open = await replica.open(`${user}:s`, V1);
  let look = (): void => undefined;
  replica.verifying = new Promise((resolve) => (look = resolve));
  const flood = Array.from({ length: 10 * AT_ONCE }, () => refusal(`${randomUUID()}:s`));
  const waits = new Set<number>();
  let refused = 0;
  for (const answer of flood) {
    void answer.then((found) => {
      if (!found) return;
      refused += 1;
      expect(found[0]).toBe(503);
      waits.add(found[1]);
    });
  }
  await eventually('the refusals', 30_000, async () => refused === 9 * AT_ONCE || undefined);
  const [status, wait] = await stream().then(({ status, headers }) => [status, Number(headers.get('retry-after'))]);
  expect([status, wait! >= 1 && wait! <= 5]).toEqual([503, true]);
  const id = randomUUID();
  await replica.publisher.publish(user, { id, type: 'x', data: {} }, 'notification');
  await open.has(id);
  look();
  expect((await Promise.all(flood)).filter((found) => !found)).toHaveLength(AT_ONCE);
  expect(waits.size).toBeGreaterThan(1);
  expect([...waits].every((s) => s >= 1 && s <= 5)).toBe(true);
  expect(await refusal(`${randomUUID()}:s`)).toBeUndefined();
});

it('RT32: for somebody who is gone when their turn comes nothing is done', async () => {
  const other = await Replica.start(broker);
  try {
    let look = (): void => undefined;
    other.verifying = new Promise((resolve) => (look = resolve));
    const sockets = Array.from({ length: 40 }, () => asking(other).on('error', () => undefined));
    await eventually('as many to be looked at as may be', 30_000, async () => other.verified > 0 || undefined);
    await eventually('all to be there', 30_000, async () => other.raw.size === 40 || undefined);
    for (const socket of sockets) socket.terminate();
    await eventually('all to be gone', 30_000, async () => other.raw.size === 0 || undefined);
    const begun = other.verified;
    look();
    await other.open(`${randomUUID()}:s`, V1);
    expect(begun).toBeLessThan(40);
    // The new one is looked at before it opens, and after.
    expect(other.verified).toBeLessThanOrEqual(begun + 2);
  } finally {
    await other.stop();
  }
});
