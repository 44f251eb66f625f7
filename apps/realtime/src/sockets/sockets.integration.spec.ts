import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { searches } from '../../../../test/support/nightly.js';
import { closeClients, V1, type Client } from '../../test/client.js';
import { Replica, soon } from '../../test/replica.js';
import type { EventClass } from '../fanout/event-class.rules.js';

afterEach(closeClients);

let broker: TestBroker;
let a: Replica;
let b: Replica;
beforeAll(async () => {
  broker = await testBroker();
  [a, b] = [await Replica.start(broker), await Replica.start(broker)];
});
afterAll(async () => {
  await Promise.all([a.stop(), b.stop()]);
  await broker.stop();
});

const person = () => ({ user: randomUUID(), session: randomUUID() });
const publish = (from: Replica, user_id: string | undefined, id: string = randomUUID()) =>
  from.publisher.publish(user_id, { id, type: 'notification', data: {} }, 'notification');
const tell = (user_id: string, id: string, eventClass: EventClass) =>
  a.publisher.publish(user_id, { id, type: 'chat_message', data: {} }, eventClass);
/** A frame that comes last: once it is here, whatever was to come before it has come. */
const mark = async (user: string, ...clients: Client[]) => {
  const id = randomUUID();
  await publish(a, user, id);
  await Promise.all(clients.map((c) => c.has(id)));
  return id;
};

describe('frames', () => {
  it('RT8 RT9: reach all of a person’s sockets on every replica exactly once, and nobody else’s', async () => {
    const [one, other] = [person(), person()];
    const clients = await Promise.all([a, a, b].map((r) => r.open(`${one.user}:${one.session}`)));
    const stranger = await b.open(`${other.user}:${other.session}`);
    const { id } = await publish(a, one.user);
    const last = await mark(one.user, ...clients);
    const strangerLast = await mark(other.user, stranger);
    for (const client of clients) expect(client.ids).toEqual([id, last]);
    expect(stranger.ids).toEqual([strangerLast]);
  });

  it('RT8: without a person reach everyone once', async () => {
    const [one, two] = [person(), person()];
    const clients = [await a.open(`${one.user}:${one.session}`), await b.open(`${two.user}:${two.session}`)];
    const { id } = await publish(b, undefined);
    await Promise.all(clients.map((c) => c.has(id)));
    await mark(one.user, clients[0]!);
    expect(clients[0]!.ids.filter((i) => i === id)).toHaveLength(1);
  });

  it('RT10: arrive in the order in which they were accepted, whichever replica took them', async () => {
    const one = person();
    const client = await b.open(`${one.user}:${one.session}`);
    const ids = Array.from({ length: searches(600, 10_000) }, (_, i) => `${one.user}-${i}`);
    for (const [i, id] of ids.entries()) await publish(i % 3 ? a : b, one.user, id);
    await client.has(ids.at(-1)!);
    expect(client.ids).toEqual(ids);
  }, 120_000);

  it('RT11: with one id are one frame, and the second answer says so, also when they race', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => publish(i % 2 ? a : b, one.user, id)));
    expect(answers.filter((answer) => !answer.duplicate)).toHaveLength(1);
    const last = await mark(one.user, client);
    expect(client.ids).toEqual([id, last]);
  });

  it('RT13: for agents pass a browser by', async () => {
    const one = person();
    const [browser, agent] = [
      await a.open(`${one.user}:${one.session}`),
      await a.open(`${one.user}:${one.session}`, { query: { as: 'agent' } }),
    ];
    const id = randomUUID();
    await tell(one.user, id, 'chat');
    const last = await mark(one.user, browser, agent);
    expect([agent.ids, browser.ids]).toEqual([[id, last], [last]]);
  });
});

describe('a socket', () => {
  it('RT1: is refused with 401 before the upgrade when its token is', async () => {
    await expect(a.open('nonsense')).rejects.toThrow('401');
  });

  it('negotiates gatehouse.v1 and never echoes the token that was offered beside it', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`, { protocols: ['bearer.secret', 'gatehouse.v1'] });
    expect(client.socket.protocol).toBe('gatehouse.v1');
  });

  it('RT4: ignores what a client says, closes a flood with 1008 and a large frame with 1009', async () => {
    const one = person();
    const [quiet, flood, large] = await Promise.all([a, a, a].map((r) => r.open(`${one.user}:${one.session}`)));
    quiet!.socket.send('{"type":"anything"}');
    quiet!.socket.send(Buffer.from([1, 2, 3]));
    large!.socket.send('x'.repeat(5_000));
    for (let i = 0; i < 200; i += 1) flood!.socket.send('x');
    expect(await Promise.all([flood!.closed, large!.closed])).toEqual([1008, 1009]);
    const last = await mark(one.user, quiet!);
    expect(quiet!.ids).toEqual([last]);
  });

  it.each(['ping', 'pong'] as const)('RT4: closes a flood of %ss with 1008, too', async (kind) => {
    const one = person();
    const [quiet, flood] = [await a.open(`${one.user}:${one.session}`), await a.open(`${one.user}:${one.session}`)];
    for (let i = 0; i < 40; i += 1) quiet.socket[kind]();
    for (let i = 0; i < 200; i += 1) flood.socket[kind]();
    expect(await flood.closed).toBe(1008);
    const last = await mark(one.user, quiet);
    expect(quiet.ids).toEqual([last]);
  });

  it('RT4: that may say when its token is renewed is answered nothing to what is no such thing', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`, V1);
    await client.frame('hello');
    const said = ['refresh', '{"type":"refresh"', null, [], { type: 'hello' }, { type: 'refresh', data: null }];
    for (const what of [...said, { type: 'refresh', data: { token: 7 } }, { data: { token: 'refresh' } }])
      client.socket.send(typeof what === 'string' ? what : JSON.stringify(what));
    client.socket.send(Buffer.from([0, 255]));
    client.say({ type: 'refresh', data: { token: `${one.user}:${one.session}` } });
    await client.frame('refreshed');
    const last = await mark(one.user, client);
    expect(client.heard.map(({ type }) => type)).toEqual(['hello', 'refreshed', 'notification']);
    expect(client.ids).toEqual([last]);
  });

  it('RT5: is closed with 4401 within thirty seconds of its token’s end', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`);
    const exp = soon() * 1_000;
    a.upkeep.check(exp - 1_000);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    a.upkeep.check(exp + 20_000);
    expect(await client.closed).toBe(4401);
  });

  it('RT5: goes on with the next token of the same person, which it is told to bring in time', async () => {
    const one = person();
    const exp = Math.floor(Date.now() / 1_000) + 600;
    const client = await a.open(`${one.user}:${one.session}:${exp}`, V1);
    a.upkeep.check(exp * 1_000 - 50_000);
    a.upkeep.check(exp * 1_000 - 45_000);
    const warning = await client.frame('token_expiring');
    expect(warning.data.expires_at).toBe(new Date(exp * 1_000).toISOString());
    client.say({ type: 'refresh', data: { token: `${one.user}:${one.session}:${exp + 900}` } });
    const answer = await client.frame('refreshed');
    expect(answer.data.expires_at).toBe(new Date((exp + 900) * 1_000).toISOString());
    a.upkeep.check(exp * 1_000 + 60_000);
    const last = await mark(one.user, client);
    expect(client.ids).toEqual([last]);
    expect(client.of('token_expiring')).toHaveLength(1);
    a.upkeep.check((exp + 960) * 1_000);
    expect(await client.closed).toBe(4401);
  });

  it('RT5: keeps its token when the next one is bad, and is closed with 4403 when it is somebody else’s', async () => {
    const [one, other] = [person(), person()];
    const client = await a.open(`${one.user}:${one.session}`, V1);
    client.say({ type: 'refresh', data: { token: 'nonsense' } });
    expect((await client.frame('refresh_failed')).data).toEqual({ code: 'invalid_token' });
    client.say({ type: 'refresh', data: { token: `${other.user}:${other.session}` } });
    expect(await client.closed).toBe(4403);
  });

  it('RT6: is closed with 4403 when its session is revoked, on whichever replica, and no other is', async () => {
    const one = person();
    const other = { ...one, session: randomUUID() };
    const [mine, elsewhere, theirs] = [
      await a.open(`${one.user}:${one.session}`),
      await b.open(`${one.user}:${one.session}`),
      await a.open(`${other.user}:${other.session}`),
    ];
    for (const replica of [a, b]) replica.revoke(one.session);
    expect(await Promise.all([mine.closed, elsewhere.closed])).toEqual([4403, 4403]);
    await mark(one.user, theirs);
    await expect(a.open(`${one.user}:${one.session}`)).rejects.toThrow('401');
  });

  it('RT21: of somebody who was blocked cannot be resumed, on whichever replica and whichever way', async () => {
    const one = person();
    const client = await a.open(`${one.user}:${one.session}`, V1);
    const { id } = await client.frame('hello');
    const before = await publish(a, one.user);
    await client.has(before.id);
    for (const replica of [a, b]) replica.revoke(one.session);
    expect(await client.closed).toBe(4403);
    await publish(a, one.user);
    for (const replica of [a, b]) {
      for (const since of [id, before.id]) {
        await expect(replica.open(`${one.user}:${one.session}`, { ...V1, query: { since } })).rejects.toThrow('401');
        const headers = { authorization: `Bearer ${one.user}:${one.session}`, 'last-event-id': since };
        const stream = await fetch(`http://127.0.0.1:${replica.port}/v1/auth/events`, { headers });
        expect([stream.status, await stream.text()]).toEqual([401, '']);
      }
    }
    expect(client.ids).toEqual([before.id]);
  });

  it('C-devices.revoke R-DP3 RT6: of a device is an agent’s, is noted, and is closed with 4403 when its token is revoked', async () => {
    const one = { user: randomUUID(), session: `device-${randomUUID()}` };
    const [device, again, browser] = [
      await a.open(`${one.user}:${one.session}`),
      await b.open(`${one.user}:${one.session}`),
      await a.open(`${one.user}:${randomUUID()}`),
    ];
    expect(a.sighted).toContain(one.session);
    const id = randomUUID();
    await tell(one.user, id, 'chat');
    const last = await mark(one.user, device, again, browser);
    expect([device.ids, again.ids, browser.ids]).toEqual([[id, last], [id, last], [last]]);
    for (const replica of [a, b]) replica.revoke(`jti-${one.session}`);
    expect(await Promise.all([device.closed, again.closed])).toEqual([4403, 4403]);
    await mark(one.user, browser);
    await expect(a.open(`${one.user}:${one.session}`)).rejects.toThrow('401');
  });
});
