import { randomUUID } from 'node:crypto';
import {
  ChatFeedSummarized,
  ChatMessageReceived,
  Broadcast,
  NotificationPublished,
  PublishChatFeed,
  PublishChatMessage,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { closeClients } from '../../test/client.js';
import { feed, message } from '../../test/producing.js';
import { TwoReplicas } from '../../test/two-replicas.js';

let system: TwoReplicas;
beforeAll(async () => {
  system = await TwoReplicas.start();
}, 60_000);
afterEach(closeClients);
afterAll(() => system?.stop());

describe('the answer', () => {
  it('C-realtime.broadcast RT8: is `delivered` when a connection was given it, on whichever replica, and else `queued`', async () => {
    const [here, away] = [randomUUID(), randomUUID()];
    const client = await system.browser(here, 1);
    const [delivered, queued] = [await system.broadcast({ user_id: here }), await system.broadcast({ user_id: away })];
    expect(delivered).toEqual({ id: expect.any(String), status: 'delivered', duplicate: false });
    expect(queued).toEqual({ id: expect.any(String), status: 'queued', duplicate: false });
    await client.has(delivered.id);
    expect(client.heard).toEqual([
      { id: delivered.id, type: 'notification', at: expect.any(String), data: { title: 'x' } },
    ]);
  });

  it('C-realtime.broadcast RT8: without a person it goes to everybody once', async () => {
    const clients = await Promise.all([system.browser(randomUUID(), 0), system.browser(randomUUID(), 1)]);
    const { id, status } = await system.broadcast();
    expect(status).toBe('delivered');
    await Promise.all(clients.map((c) => c.has(id)));
    for (const client of clients) expect(client.ids.filter((i) => i === id)).toHaveLength(1);
  });

  it('C-realtime.chat_event RT13: of chat is `queued` while its owner has browsers only', async () => {
    const owner = randomUUID();
    const client = await system.browser(owner);
    expect((await system.gateway.bus.send(PublishChatMessage, message(owner))).status).toBe('queued');
    expect((await system.gateway.bus.send(PublishChatFeed, feed(owner))).status).toBe('queued');
    const last = await system.mark(owner, client);
    expect(client.ids).toEqual([last]);
  });
});

it('C-realtime.chat_event C-realtime.chat_feed RT13: chat reaches the owner’s agents, devices among them, and nobody else', async () => {
  const [owner, other] = [randomUUID(), randomUUID()];
  const agents = [await system.agent(owner, 0), await system.device(owner, 1)];
  const strangers = [await system.agent(other, 0), await system.device(other, 1)];
  const mine = await system.browser(owner, 1);
  const said = message(owner, { extra: { badges: ['mod'] } });
  const chat = await system.gateway.bus.send(PublishChatMessage, said);
  const summed = feed(owner);
  const summary = await system.gateway.bus.send(PublishChatFeed, summed);
  expect([chat.status, summary.status]).toEqual(['delivered', 'delivered']);
  const lasts = [await system.mark(owner, ...agents, mine), await system.mark(other, ...strangers)];
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

describe('F-producers: over the bus', () => {
  it('C-realtime.broadcast C-realtime.chat_event C-realtime.chat_feed: events have the effect of the commands, once per id', async () => {
    const owner = randomUUID();
    const client = await system.agent(owner);
    const [broadcaster, bridge] = [await system.producers.as('broadcaster'), await system.producers.as('chat-bridge')];
    const notified = { type: 'notification', data: { title: 'x' }, user_id: owner, id: randomUUID() };
    const said = message(owner);
    const summed = feed(owner);
    for (let times = 0; times < 2; times += 1) {
      await broadcaster(NotificationPublished, notified);
      await bridge(ChatMessageReceived, said);
      await bridge(ChatFeedSummarized, summed);
    }
    const three = await eventually('three frames', 30_000, async () =>
      client.ids.length >= 3 ? client.heard : undefined,
    );
    expect(three.map((f) => f.type).sort()).toEqual(['chat_feed', 'chat_message', 'notification']);
    const again = [
      await system.gateway.bus.send(Broadcast, notified),
      await system.gateway.bus.send(PublishChatMessage, said),
      await system.gateway.bus.send(PublishChatFeed, summed),
    ];
    expect(again.map((a) => a.status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(new Set(again.map((a) => a.id))).toEqual(new Set(three.map((f) => f.id)));
    await system.mark(owner, client);
    expect(client.ids).toHaveLength(4);
  });

  it('messages of two platforms that count alike are two', async () => {
    const owner = randomUUID();
    const client = await system.agent(owner);
    const bridge = await system.producers.as('chat-bridge');
    for (const platform of ['twitch', 'kick'])
      await bridge(ChatMessageReceived, message(owner, { platform, message_id: '7' }));
    await Promise.all(['twitch', 'kick'].map((p) => client.has(`chat:${p}:qa:7`)));
  });

  it('an event without an id is delivered, and so is the next one that says the same', async () => {
    const user = randomUUID();
    const client = await system.browser(user);
    const broadcaster = await system.producers.as('broadcaster');
    for (let i = 0; i < 2; i += 1)
      await broadcaster(NotificationPublished, { type: 'notification', data: {}, user_id: user });
    await eventually('both', 30_000, async () => client.ids.length === 2 || undefined);
  });
});
