import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusUser } from '#contracts';
import type { DevInfo } from '#local';
import { connectAs } from '../support/bus-users.js';
import { endSockets, listen as listenTo, type Frame } from '../support/event-sockets.js';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { internal, register, type SignedIn } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const connections: NatsConnection[] = [];
afterEach(async () => {
  endSockets();
  await Promise.all(connections.splice(0).map((nc) => nc.close()));
});

const listen = async (token: string, query = ''): Promise<Frame[]> => (await listenTo(dev, token, query)).frames;
const arrival = (frames: Frame[], id: string) =>
  eventually(`frame ${id}`, 30_000, async () => frames.find((f) => f.id === id));

/** A producer's connection, with its own nkey. */
async function producer(user: BusUser): Promise<NatsConnection> {
  const nc = await connectAs(dev, user);
  connections.push(nc);
  return nc;
}

/** The token of a device that the person has paired. */
async function pair(who: SignedIn): Promise<string> {
  const url = `${dev.public_url}/v1/auth/devices/pair`;
  const { body } = await call('POST', `${url}/start`, { token: who.accessToken });
  const claimed = await call('POST', `${url}/claim`, { json: { code: body.code, name: 'Stream PC' } });
  return claimed.body.access_token;
}

const push = (caller: string, path: string, body: object) => internal(dev, caller, 'POST', `/internal/${path}`, body);
const message = (who: SignedIn, text: string) => ({
  owner_id: who.userId,
  platform: 'youtube',
  channel: 'qa',
  message_id: randomUUID(),
  author: { name: 'ada' },
  text,
  at: new Date().toISOString(),
});

/** A frame that comes last: once it is here, whatever was to come before it has come. */
const last = async (who: SignedIn): Promise<string> =>
  (await push('broadcaster', 'broadcast', { type: 'last', data: {}, user_id: who.userId })).body.id;

it('C-realtime.broadcast RT8 RT11: a producer learns what became of its event', async () => {
  const who = await register(dev);
  const event = { type: 'notification', data: { title: 'x' }, user_id: who.userId, id: randomUUID() };
  const away = await push('social', 'broadcast', event);
  expect([away.status, away.body]).toEqual([202, { id: event.id, status: 'queued', duplicate: false }]);
  const again = await push('broadcaster', 'broadcast', event);
  expect([again.status, again.body]).toEqual([202, { id: event.id, status: 'duplicate', duplicate: true }]);
  expect((await push('social', 'broadcast', { ...event, data: {} })).status).toBe(422);

  const frames = await listen(who.accessToken);
  const here = await push('broadcaster', 'broadcast', { ...event, id: undefined });
  expect(here.body).toEqual({ id: expect.any(String), status: 'delivered', duplicate: false });
  await arrival(frames, here.body.id);
  expect(frames.map((f) => f.id)).toEqual([here.body.id]);
});

it('RT12: a notification’s cooldown holds back what has the same key, and never chat', async () => {
  const who = await register(dev);
  const frames = await listen(who.accessToken, '&as=agent');
  const live = { type: 'notification', data: {}, user_id: who.userId, cooldown_key: 'went-live' };
  const statuses = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await push('social', 'broadcast', live)).body.status);
  expect(statuses).toEqual(['delivered', 'suppressed', 'suppressed']);
  const said = await Promise.all(
    Array.from({ length: 50 }, (_, i) => push('chat-bridge', 'chat', message(who, `m${i}`))),
  );
  expect(new Set(said.map((a) => a.body.status))).toEqual(new Set(['delivered']));
  await Promise.all(said.map((a) => arrival(frames, a.body.id)));
  expect(frames).toHaveLength(51);
});

it('C-realtime.chat_event C-realtime.chat_feed RT13 F-producers: chat reaches agents and paired devices, by either way the same', async () => {
  const [who, other] = [await register(dev), await register(dev)];
  const agents = [await listen(who.accessToken, '&as=agent'), await listen(await pair(who))];
  const others = [await listen(who.accessToken), await listen(other.accessToken, '&as=agent')];
  const bridge = await producer('chat-bridge');
  const [posted, published] = [message(who, 'posted'), message(who, 'published')];
  const first = await push('chat-bridge', 'chat', posted);
  expect([first.status, first.body.status]).toEqual([202, 'delivered']);
  bridge.publish('evt.chat.message.received', JSON.stringify(published));
  bridge.publish('evt.chat.message.received', JSON.stringify(posted));
  const id = `chat:youtube:qa:${published.message_id}`;
  for (const frames of agents) await arrival(frames, id);
  const window = { window_start: posted.at, window_end: published.at, topics: ['a'], mood: 'calm', highlights: ['b'] };
  const summed = await push('chat-bridge', 'chat-feed', { owner_id: who.userId, ...window });
  for (const frames of agents) await arrival(frames, summed.body.id);
  const ends = [await last(who), await last(other)] as const;
  for (const frames of [...agents, others[0]!]) await arrival(frames, ends[0]);
  await arrival(others[1]!, ends[1]);

  const shape = ({ type, data }: Frame) => ({ type, data });
  const { owner_id: _a, ...one } = posted;
  const { owner_id: _b, ...two } = published;
  for (const frames of agents) {
    expect(frames.filter((f) => f.type.startsWith('chat')).map(shape)).toEqual([
      { type: 'chat_message', data: one },
      { type: 'chat_message', data: two },
      { type: 'chat_feed', data: window },
    ]);
  }
  for (const frames of others) expect(frames.filter((f) => f.type.startsWith('chat'))).toEqual([]);
});

it('F-producers RT7: a producer may say what is its own, by its key and by its credential, and nothing else', async () => {
  const who = await register(dev);
  const event = { type: 'notification', data: {}, user_id: who.userId };
  expect((await push('chat-bridge', 'broadcast', event)).status).toBe(403);
  expect((await push('broadcaster', 'chat', message(who, 'x'))).status).toBe(403);
  expect((await call('POST', `${dev.public_url}/internal/broadcast`, { json: event })).status).toBe(404);
  const forged = await push('social', 'broadcast', { ...event, type: 'chat_message' });
  expect([forged.status, forged.body.errors.map((e: { field: string }) => e.field)]).toEqual([400, ['type']]);

  const refused: string[] = [];
  const social = await producer('social');
  void (async () => {
    for await (const status of social.status()) if (status.type === 'error') refused.push(String(status.error));
  })();
  for (const subject of [
    'evt.broadcast.notification.published',
    'evt.chat.message.received',
    `rtm.user.${who.userId}`,
    `rtl.user.${who.userId}`,
    '$KV.cooldowns.x',
  ]) {
    social.publish(subject, '{}');
    await eventually(subject, 30_000, async () => refused.some((r) => r.includes(subject)) || undefined);
  }
});
