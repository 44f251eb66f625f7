import { randomUUID } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { bucketStream } from '#bus';
import {
  Broadcast,
  ChatFeedSummarized,
  ChatMessageReceived,
  NotificationPublished,
  PublishChatFeed,
  PublishChatMessage,
  type BroadcastRequest,
} from '#contracts';
import { eventually, testBroker, type TestBroker } from '../../../../test/support/index.js';
import { closeClients, type Client } from '../../test/client.js';
import { gatewayBus, producersApp } from '../../test/producers-app.js';
import { feed, message, Producers } from '../../test/producing.js';
import { Replica } from '../../test/replica.js';

let broker: TestBroker;
let apps: INestMicroservice[];
let sockets: Replica[];
let gateway: Awaited<ReturnType<typeof gatewayBus>>;
let producers: Producers;

beforeAll(async () => {
  broker = await testBroker();
  apps = [await producersApp(broker), await producersApp(broker)];
  sockets = [await Replica.start(broker), await Replica.start(broker)];
  gateway = await gatewayBus(broker);
  producers = new Producers(broker);
}, 60_000);
afterEach(closeClients);
afterAll(async () => {
  await Promise.all([...sockets.map((s) => s.stop()), producers.close()]);
  await gateway.close();
  await Promise.all(apps.map((app) => app.close()));
  await broker.stop();
});

const browser = (user: string, at = 0) => sockets[at]!.open(`${user}:${randomUUID()}`);
const agent = (user: string, at = 0) => sockets[at]!.open(`${user}:${randomUUID()}`, { query: { as: 'agent' } });
const device = (user: string, at = 0) => sockets[at]!.open(`${user}:device-${randomUUID()}`);

const broadcast = (more: Partial<BroadcastRequest> = {}) =>
  gateway.bus.send(Broadcast, { type: 'notification', data: { title: 'x' }, ...more });
/** A frame that comes last: once it is here, whatever was to come before it has come. */
async function mark(user: string, ...clients: Client[]): Promise<string> {
  const { id } = await broadcast({ user_id: user, type: 'mark' });
  await Promise.all(clients.map((c) => c.has(id)));
  return id;
}

describe('the answer', () => {
  it('C-realtime.broadcast RT8: is `delivered` when a connection was given it, on whichever replica, and else `queued`', async () => {
    const [here, away] = [randomUUID(), randomUUID()];
    const client = await browser(here, 1);
    const [delivered, queued] = [await broadcast({ user_id: here }), await broadcast({ user_id: away })];
    expect(delivered).toEqual({ id: expect.any(String), status: 'delivered', duplicate: false });
    expect(queued).toEqual({ id: expect.any(String), status: 'queued', duplicate: false });
    await client.has(delivered.id);
    expect(client.heard).toEqual([
      { id: delivered.id, type: 'notification', at: expect.any(String), data: { title: 'x' } },
    ]);
  });

  it('C-realtime.broadcast RT8: without a person it goes to everybody once', async () => {
    const clients = await Promise.all([browser(randomUUID(), 0), browser(randomUUID(), 1)]);
    const { id, status } = await broadcast();
    expect(status).toBe('delivered');
    await Promise.all(clients.map((c) => c.has(id)));
    for (const client of clients) expect(client.ids.filter((i) => i === id)).toHaveLength(1);
  });

  it('C-realtime.chat_event RT13: of chat is `queued` while its owner has browsers only', async () => {
    const owner = randomUUID();
    const client = await browser(owner);
    expect((await gateway.bus.send(PublishChatMessage, message(owner))).status).toBe('queued');
    expect((await gateway.bus.send(PublishChatFeed, feed(owner))).status).toBe('queued');
    const last = await mark(owner, client);
    expect(client.ids).toEqual([last]);
  });
});

it('C-realtime.chat_event C-realtime.chat_feed RT13: chat reaches the owner’s agents, devices among them, and nobody else', async () => {
  const [owner, other] = [randomUUID(), randomUUID()];
  const agents = [await agent(owner, 0), await device(owner, 1)];
  const strangers = [await agent(other, 0), await device(other, 1)];
  const mine = await browser(owner, 1);
  const said = message(owner, { extra: { badges: ['mod'] } });
  const chat = await gateway.bus.send(PublishChatMessage, said);
  const summed = feed(owner);
  const summary = await gateway.bus.send(PublishChatFeed, summed);
  expect([chat.status, summary.status]).toEqual(['delivered', 'delivered']);
  const lasts = [await mark(owner, ...agents, mine), await mark(other, ...strangers)];
  const { owner_id: _one, ...message_ } = said;
  const { owner_id: _two, ...feed_ } = summed;
  for (const client of agents) {
    expect(client.heard.slice(0, 2).map(({ id, type, data }) => ({ id, type, data }))).toEqual([
      { id: chat.id, type: 'chat_message', data: message_ },
      { id: summary.id, type: 'chat_feed', data: feed_ },
    ]);
  }
  expect([mine.ids, ...strangers.map((c) => c.ids)]).toEqual([[lasts[0]], [lasts[1]], [lasts[1]]]);
});

describe('an id', () => {
  it('RT11: is one event, one after the other and racing, and the answers say which one was new', async () => {
    const user = randomUUID();
    const client = await browser(user);
    const id = `order-${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => broadcast({ user_id: user, id })));
    answers.push(await broadcast({ user_id: user, id }));
    expect(answers.filter((a) => a.status === 'delivered' && !a.duplicate)).toHaveLength(1);
    expect(answers.filter((a) => a.status === 'duplicate' && a.duplicate)).toHaveLength(20);
    const last = await mark(user, client);
    expect(client.ids).toEqual([id, last]);
  });

  it('RT8 RT11: is none of those that Gatehouse gives itself: nobody can take the place of a change of plan', async () => {
    const user = randomUUID();
    const client = await browser(user);
    for (const id of [`plan:${user}:1`, `presence:${randomUUID()}`, 'c1.AAAA'])
      await expect(broadcast({ user_id: user, id })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(broadcast({ type: 'presence_changed' })).rejects.toMatchObject({ code: 'validation_failed' });
    await mark(user, client);
    expect(client.heard.map(({ type }) => type)).toEqual(['mark']);
  });

  it('RT11: stands for what it stood for first: another content is refused, and another person’s too', async () => {
    const user = randomUUID();
    const id = randomUUID();
    await broadcast({ user_id: user, id, data: { a: 1, b: { c: 2, d: 3 } } });
    expect((await broadcast({ user_id: user, id, data: { b: { d: 3, c: 2 }, a: 1 } })).status).toBe('duplicate');
    await expect(broadcast({ user_id: user, id, data: { a: 2 } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    await expect(broadcast({ id, data: { a: 1, b: { c: 2, d: 3 } } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});

describe('F-producers: over the bus', () => {
  it('C-realtime.broadcast C-realtime.chat_event C-realtime.chat_feed: events have the effect of the commands, once per id', async () => {
    const owner = randomUUID();
    const client = await agent(owner);
    const [broadcaster, bridge] = [await producers.as('broadcaster'), await producers.as('chat-bridge')];
    const notified = { type: 'notification', data: { title: 'x' }, user_id: owner, id: randomUUID() };
    const said = message(owner);
    const summed = feed(owner);
    for (let times = 0; times < 2; times += 1) {
      await broadcaster(NotificationPublished, notified);
      await bridge(ChatMessageReceived, said);
      await bridge(ChatFeedSummarized, summed);
    }
    const three = await eventually('three frames', 10_000, async () =>
      client.ids.length >= 3 ? client.heard : undefined,
    );
    expect(three.map((f) => f.type).sort()).toEqual(['chat_feed', 'chat_message', 'notification']);
    const again = [
      await gateway.bus.send(Broadcast, notified),
      await gateway.bus.send(PublishChatMessage, said),
      await gateway.bus.send(PublishChatFeed, summed),
    ];
    expect(again.map((a) => a.status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(new Set(again.map((a) => a.id))).toEqual(new Set(three.map((f) => f.id)));
    await mark(owner, client);
    expect(client.ids).toHaveLength(4);
  });

  it('messages of two platforms that count alike are two', async () => {
    const owner = randomUUID();
    const client = await agent(owner);
    const bridge = await producers.as('chat-bridge');
    for (const platform of ['twitch', 'kick'])
      await bridge(ChatMessageReceived, message(owner, { platform, message_id: '7' }));
    await Promise.all(['twitch', 'kick'].map((p) => client.has(`chat:${p}:qa:7`)));
  });

  it('an event without an id is delivered, and so is the next one that says the same', async () => {
    const user = randomUUID();
    const client = await browser(user);
    const broadcaster = await producers.as('broadcaster');
    for (let i = 0; i < 2; i += 1)
      await broadcaster(NotificationPublished, { type: 'notification', data: {}, user_id: user });
    await eventually('both', 10_000, async () => client.ids.length === 2 || undefined);
  });
});

describe('RT12: a cooldown', () => {
  const key = 'went-live';

  it('suppresses what comes within it with the same key, for one receiver, whichever replica takes it', async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    const client = await browser(user);
    const racing = await Promise.all(Array.from({ length: 10 }, () => broadcast({ user_id: user, cooldown_key: key })));
    expect(racing.filter((a) => a.status === 'delivered')).toHaveLength(1);
    expect(racing.filter((a) => a.status === 'suppressed' && !a.duplicate)).toHaveLength(9);
    const passes = [
      await broadcast({ user_id: user, cooldown_key: 'another' }),
      await broadcast({ user_id: user }),
      await broadcast({ user_id: other, cooldown_key: key }),
    ];
    expect(passes.map((a) => a.status)).toEqual(['delivered', 'delivered', 'queued']);
    const last = await mark(user, client);
    const first = racing.find((a) => a.status === 'delivered')!.id;
    expect(client.ids).toEqual([first, passes[0]!.id, passes[1]!.id, last]);
  });

  it('ends', async () => {
    const user = randomUUID();
    const again = () => broadcast({ user_id: user, cooldown_key: key, cooldown_seconds: 1 });
    expect((await again()).status).toBe('queued');
    await eventually('the end of the cooldown', 15_000, async () => (await again()).status === 'queued' || undefined);
  });

  it('is not for chat: a thousand messages at once all arrive, and no key is written', async () => {
    const owner = randomUUID();
    const client = await agent(owner);
    const nc = await connect(broker.connectionOptions('operator'));
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const written = async () => (await jsm.streams.info(bucketStream('cooldowns'))).state.last_seq;
    const before = await written();
    const said = Array.from({ length: 1_000 }, () => message(owner));
    const answers = await Promise.all(said.map((m) => gateway.bus.send(PublishChatMessage, m)));
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set(['delivered']));
    await eventually('all of them', 20_000, async () => new Set(client.ids).size === 1_000 || undefined);
    expect(client.ids).toHaveLength(1_000);
    expect(await written()).toBe(before);
    await nc.close();
  });
});
