import { randomUUID } from 'node:crypto';
import {
  Broadcast,
  IdempotencyKeyReused,
  PublishChatFeed,
  PublishChatMessage,
  Unavailable,
  type Command,
  type ProducerAnswer,
  type Refusal,
} from '#contracts';
import { Edge, SECRETS, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const at = '2026-11-21T10:00:00.000Z';
const owner_id = randomUUID();
const chat = {
  owner_id,
  platform: 'twitch',
  channel: 'qa',
  message_id: 'm-1',
  author: { name: 'ada' },
  text: 'hi',
  at,
};
const feed = { owner_id, window_start: at, window_end: at, topics: ['a'], mood: 'calm', highlights: ['b'] };
const broadcast = { type: 'notification', data: { title: 'x' }, user_id: owner_id };

const ROUTES = [
  ['/internal/broadcast', Broadcast, broadcast],
  ['/internal/chat', PublishChatMessage, chat],
  ['/internal/chat-feed', PublishChatFeed, feed],
] as const;

const refuse = (command: { name: string }, refusal: Refusal): void =>
  edge.neighbours.on<object, ProducerAnswer>(command as Command<object, ProducerAnswer>, () => {
    throw refusal;
  });

describe.each(ROUTES)('POST %s', (path, command, body) => {
  it('C-realtime.broadcast C-realtime.chat_event C-realtime.chat_feed: hands on what it was sent, and tells what became of it with 202', async () => {
    const answer: ProducerAnswer = { id: 'e-1', status: 'queued', duplicate: false };
    edge.neighbours.on<object, ProducerAnswer>(command, () => answer);
    const got = await gateway.asRoot('POST', path, { json: body });
    expect([got.status, got.body]).toEqual([202, answer]);
    expect(edge.neighbours.asked.at(-1)).toMatchObject({ command: command.name, input: body });
  });

  it('RT7: without a credential or with a wrong one it is 401, with another scope 403, on the public listener 404', async () => {
    const wrong = { 'x-internal-secret': 'root.wrong-secret-of-forty-characters-0123456789' };
    const billing = { 'x-internal-secret': `billing.${SECRETS.billing}` };
    const statuses = [
      await gateway.internal('POST', path, { json: body }),
      await gateway.internal('POST', path, { json: body, headers: wrong }),
      await gateway.internal('POST', path, { json: body, headers: billing }),
      await gateway.call('POST', path, { json: body, headers: { 'x-internal-secret': `root.${SECRETS.root}` } }),
    ].map((got) => got.status);
    expect(statuses).toEqual([401, 401, 403, 404]);
    expect(edge.neighbours.asked.filter((a) => a.command === command.name)).toEqual([]);
  });

  it('names every failing field, and unknown ones', async () => {
    const got = await gateway.asRoot('POST', path, { json: { surprise: 1 } });
    const required = Object.keys(body).filter((name) => name !== 'user_id');
    expect([got.status, got.body.code]).toEqual([400, 'validation_failed']);
    expect(got.body.errors.map((e: { field: string }) => e.field).sort()).toEqual([...required, 'surprise'].sort());
  });

  it('RT33: says 503 when the broker did not take it', async () => {
    refuse(command, Unavailable.with({ retry_after: 1 }));
    const got = await gateway.asRoot('POST', path, { json: body });
    expect([got.status, got.body.code, got.headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
  });
});

it('C-realtime.chat_event: takes an author that is a bare name for an author of that name', async () => {
  await gateway.asRoot('POST', '/internal/chat', { json: { ...chat, author: 'ada' } });
  expect(edge.neighbours.last(PublishChatMessage)?.input.author).toEqual({ name: 'ada' });
  const got = await gateway.asRoot('POST', '/internal/chat', { json: { ...chat, author: ['ada'] } });
  expect([got.status, got.body.errors?.map((e: { field: string }) => e.field)]).toEqual([400, ['author']]);
});

it('RT11: the header Idempotency-Key is the event’s id when the body names none', async () => {
  edge.neighbours.on(Broadcast, () => ({ id: 'key-1', status: 'duplicate', duplicate: true }));
  const headers = { 'idempotency-key': 'key-1' };
  await gateway.asRoot('POST', '/internal/broadcast', { json: broadcast, headers });
  await gateway.asRoot('POST', '/internal/broadcast', { json: { ...broadcast, id: 'own' }, headers });
  expect(edge.neighbours.asked.slice(-2).map((a) => a.input.id)).toEqual(['key-1', 'own']);
});

it('RT11: the same id with another body is 422', async () => {
  refuse(Broadcast, IdempotencyKeyReused.with());
  const got = await gateway.asRoot('POST', '/internal/broadcast', { json: { ...broadcast, id: 'key-2' } });
  expect([got.status, got.body.code]).toEqual([422, 'idempotency_key_reused']);
});

it.each(['chat_message', 'chat_feed', 'plan_changed', 'hello', 'gap', 'close', 'Upper', ''])(
  'RT13: the type “%s” cannot be broadcast',
  async (type) => {
    const got = await gateway.asRoot('POST', '/internal/broadcast', { json: { ...broadcast, type } });
    expect([got.status, got.body.errors?.map((e: { field: string }) => e.field)]).toEqual([400, ['type']]);
  },
);

it('C-realtime.broadcast: a type is named as its product names its events', async () => {
  edge.neighbours.on(Broadcast, () => ({ id: 'e', status: 'queued', duplicate: false }));
  for (const type of ['stream_live', 'stream.live', 'live:stream-started']) {
    expect((await gateway.asRoot('POST', '/internal/broadcast', { json: { ...broadcast, type } })).status).toBe(202);
  }
});

it('C-realtime.chat_feed: a window that ends before it begins is refused by name', async () => {
  const window = { window_start: '2026-11-21T10:00:01Z', window_end: '2026-11-21T11:00:00+01:00' };
  const got = await gateway.asRoot('POST', '/internal/chat-feed', { json: { ...feed, ...window } });
  expect([got.status, got.body.errors?.map((e: { field: string }) => e.field)]).toEqual([400, ['window_end']]);
  expect(got.body.errors[0].detail).toBe('window_end must not be before window_start.');
});

it('C-realtime.chat_feed: a window in which nobody said anything has no topics, no mood and no quotes', async () => {
  edge.neighbours.on(PublishChatFeed, () => ({ id: 'e', status: 'queued', duplicate: false }));
  const quiet = { ...feed, topics: [], mood: '', highlights: [] };
  expect((await gateway.asRoot('POST', '/internal/chat-feed', { json: quiet })).status).toBe(202);
});

it('a producer over its limit is 429, whatever it pushes', async () => {
  const small = await edge.gateway({ LIMIT_PRODUCER_PER_MINUTE: '2', RATE_LIMIT_FACTOR: '1' });
  edge.neighbours.on(Broadcast, () => ({ id: 'e', status: 'queued', duplicate: false }));
  const push = () => small.asRoot('POST', '/internal/broadcast', { json: broadcast });
  edge.neighbours.on(PublishChatMessage, () => ({ id: 'e', status: 'queued', duplicate: false }));
  const say = () => small.asRoot('POST', '/internal/chat', { json: chat });
  expect([(await push()).status, (await say()).status]).toEqual([202, 202]);
  const refused = await push();
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(edge.neighbours.asked.filter((a) => a.command === Broadcast.name)).toHaveLength(1);
});
