import { randomUUID } from 'node:crypto';
import { REALTIME_STREAM } from '#bus';
import { eventually } from '../../../../test/support/eventually.js';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { searches } from '../../../../test/support/nightly.js';
import { closeClients, V1, type Client } from '../../test/client.js';
import { Replica } from '../../test/replica.js';
import { readCursor, writeCursor } from './cursor.rules.js';
import { altered } from '../../../../test/support/altered.js';

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await Replica.start(broker), await Replica.start(broker)];
});
afterEach(() => {
  closeClients();
  a.loses = () => false;
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await broker.stop();
});

const someone = () => `${randomUUID()}:${randomUUID()}`;
const idOf = (token: string) => token.split(':')[0]!;
const since = (id: string, more: object = {}) => ({ ...V1, query: { since: id, ...more } });

/** Publishes so many and answers their ids. */
async function publish(token: string | undefined, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) {
    await a.publisher.publish(token && idOf(token), { id, type: 'notification', data: {} }, 'notification');
  }
  return ids;
}

/** Resolves when a client has all that was published until now. */
async function settled(token: string, client: Client): Promise<void> {
  const [last] = await publish(token, 1);
  await client.has(last!);
  client.heard.splice(
    client.heard.findIndex((f) => f.id === last),
    1,
  );
}

describe('a client that comes back', () => {
  it('RT15: gets what was published since its hello, also when it had heard nothing', async () => {
    const token = someone();
    await publish(token, 2);
    const first = await a.open(token, V1);
    const { id, data } = await first.frame('hello');
    expect(data).toMatchObject({ cursor: id, resumed: false, heartbeat_seconds: 60, expires_at: expect.any(String) });
    await first.drop();
    const missed = await publish(token, 3);
    const again = await a.open(token, since(id));
    await settled(token, again);
    expect(again.ids).toEqual(missed);
    expect(again.heard[0]).toMatchObject({ type: 'hello', data: { resumed: true } });
    expect(again.of('gap')).toEqual([]);
  });

  it.each(['the same replica', 'another one'])(
    'RT16: gets each missed event once and in order by the id of its last event, on %s',
    async (where) => {
      const token = someone();
      const stays = await a.open(token, V1);
      const first = await a.open(token);
      const seen = await publish(token, 3);
      await first.has(seen[2]!);
      await first.drop();
      const everyone = await publish(undefined, 1);
      const missed = await publish(token, 4);
      const again = await (where === 'another one' ? b : a).open(token, since(seen[1]!));
      await settled(token, again);
      expect(again.ids).toEqual([seen[2], ...everyone, ...missed]);
      await stays.drop();
    },
  );

  it('RT16: misses nothing when it keeps the id of whatever came last', async () => {
    const token = someone();
    const got: string[] = [];
    const published: string[] = [];
    let last: string | undefined;
    for (let i = 0; i < 12; i += 1) {
      const client = await (i % 2 ? a : b).open(token, last ? since(last) : V1);
      const hello = await client.frame('hello');
      expect(hello.data.resumed).toBe(i > 0);
      if (i % 3) published.push(...(await publish(token, 2)));
      if (i % 3 === 2) await client.has(published.at(-1)!);
      await client.drop();
      got.push(...client.ids);
      last = client.lastId;
      published.push(...(await publish(token, 1)));
    }
    const end = await a.open(token, since(last!));
    await end.has(published.at(-1)!);
    expect([...got, ...end.ids]).toEqual(published);
  });

  it('RT18: while events go on misses none and gets none twice', async () => {
    const token = someone();
    const published: string[] = [];
    let going = true;
    const publishing = (async () => {
      while (going) published.push(...(await publish(token, 1)));
    })();
    const got: string[] = [];
    let last = (await (await a.open(token, V1)).frame('hello')).id;
    const from = published.length;
    for (let i = 0; i < searches(24, 1_000); i += 1) {
      const client = await (i % 2 ? a : b).open(token, since(last));
      const count = published.length;
      if (i % 4) await eventually('an event', 30_000, async () => (published.length > count + 2 ? true : undefined));
      await client.drop();
      got.push(...client.ids);
      if (client.heard.length) last = client.lastId;
    }
    going = false;
    await publishing;
    const end = await a.open(token, since(last));
    await end.has(published.at(-1)!);
    got.push(...end.ids);
    const expected = published.slice(published.indexOf(got[0]!));
    expect(published.indexOf(got[0]!)).toBeLessThanOrEqual(from + 1);
    expect(got).toEqual(expected);
  }, 300_000);

  it('RT19: with a cursor that is garbage, somebody else’s or unknown is told of a gap, and goes on', async () => {
    const [token, other] = [someone(), someone()];
    const [secret] = await publish(other, 1);
    const theirs = await a.open(other, V1);
    const { id: foreign } = await theirs.frame('hello');
    const own = await a.open(token, V1);
    const { id: mine } = await own.frame('hello');
    for (const cursor of ['garbage', 'c1.', 'c1.!!', '\u0000', 'x'.repeat(2_000), secret!, foreign, altered(mine)]) {
      const client = await b.open(token, since(cursor));
      expect((await client.frame('hello')).data.resumed).toBe(false);
      expect((await client.frame('gap')).data).toEqual({ reason: 'cursor_unknown' });
      const [id] = await publish(token, 1);
      await client.has(id!);
      expect(client.ids).toEqual([id]);
    }
  });

  it('RT16: does not get again from a replica that is behind what it had from another', async () => {
    const token = someone();
    const stays = await a.open(token, V1);
    await stays.frame('hello');
    a.loses = (subject) => subject.startsWith('rtl.user');
    const [id] = await publish(token, 1);
    const ahead = await (await b.open(token, V1)).frame('hello');
    const again = await a.open(token, since(ahead.id));
    await again.frame('hello');
    a.loses = () => false;
    const later = await publish(token, 1);
    await stays.has(later[0]!);
    await again.has(later[0]!);
    expect([stays.ids, again.ids]).toEqual([[id, ...later], later]);
  });

  it('RT19: with a cursor of more than ten minutes ago is told of a gap', async () => {
    const token = someone();
    const first = await a.open(token, V1);
    const scope = { userId: idOf(token), epoch: await epoch() };
    const { seqs } = readCursor(scope, (await first.frame('hello')).id)!;
    await first.drop();
    await publish(token, 1);
    const old = writeCursor(scope, { at: Date.now() - 601_000, seqs });
    const client = await b.open(token, since(old));
    expect((await client.frame('gap')).data).toEqual({ reason: 'cursor_too_old' });
  });

  it('RT19: that missed more than is kept is told of a gap', async () => {
    const token = someone();
    const first = await a.open(token, V1);
    const { id } = await first.frame('hello');
    await first.drop();
    const user = idOf(token);
    const frame = () => ({ id: randomUUID(), type: 'notification', data: {} });
    for (let sent = 0; sent < 1_100; sent += 100)
      await Promise.all(Array.from({ length: 100 }, () => a.publisher.publish(user, frame(), 'notification')));
    const client = await b.open(token, since(id));
    expect((await client.frame('gap')).data).toEqual({ reason: 'cursor_too_old' });
  });

  it('RT13: gets chat as an agent only', async () => {
    const token = someone();
    const agent = await a.open(token, { ...V1, query: { as: 'agent' } });
    const { id: cursor } = await agent.frame('hello');
    const browser = await a.open(token, V1);
    const { id: browserCursor } = await browser.frame('hello');
    await Promise.all([agent.drop(), browser.drop()]);
    const id = randomUUID();
    await a.publisher.publish(idOf(token), { id, type: 'chat_message', data: {} }, 'chat');
    const [back, page] = [
      await b.open(token, since(cursor, { as: 'agent' })),
      await b.open(token, since(browserCursor)),
    ];
    await settled(token, back);
    await settled(token, page);
    expect(back.ids[0]).toBe(id);
    expect(page.ids).not.toContain(id);
  });
});

describe('a bare client', () => {
  it('C-realtime.ws: hears events and nothing else, also when it resumes or cannot', async () => {
    const token = someone();
    const first = await a.open(token);
    const seen = await publish(token, 2);
    await first.has(seen[1]!);
    const resumed = await b.open(token, { query: { since: seen[0]! } });
    const lost = await b.open(token, { query: { since: 'garbage' } });
    await settled(token, resumed);
    await settled(token, lost);
    expect(resumed.heard.map((f) => f.id)).toContain(seen[1]);
    for (const { heard } of [first, resumed, lost]) {
      expect(heard.every((f) => f.type === 'notification')).toBe(true);
      for (const frame of heard) expect(Object.keys(frame)).toEqual(['id', 'type', 'at', 'data']);
    }
  });
});

const epoch = async (): Promise<string> => {
  const answer = await a.nats.request(`$JS.API.STREAM.INFO.${REALTIME_STREAM}`);
  return answer.json<{ created: string }>().created;
};
