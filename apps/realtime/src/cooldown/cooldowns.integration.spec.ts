import { randomUUID } from 'node:crypto';
import { bucketStream } from '#bus';
import {
  allEvents,
  BroadcastRequest,
  NotificationPublished,
  PublishChatMessage,
  SocialNotificationPublished,
  type ChatMessageRequest,
  type ProducerName,
  type Refusal,
} from '#contracts';
import { eventually } from '../../../../test/support/index.js';
import { closeClients } from '../../test/client.js';
import { message } from '../../test/producing.js';
import { TwoReplicas } from '../../test/two-replicas.js';

let system: TwoReplicas;
beforeAll(async () => {
  system = await TwoReplicas.start();
}, 60_000);
afterEach(closeClients);
afterAll(() => system?.stop());

describe('RT12: a cooldown', () => {
  const key = 'went-live';

  it('suppresses what comes within it with the same key, for one receiver, whichever replica takes it', async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    const client = await system.browser(user);
    const racing = await Promise.all(
      Array.from({ length: 10 }, () => system.broadcast({ user_id: user, cooldown_key: key })),
    );
    expect(racing.filter((a) => a.status === 'delivered')).toHaveLength(1);
    expect(racing.filter((a) => a.status === 'suppressed' && !a.duplicate)).toHaveLength(9);
    const passes = [
      await system.broadcast({ user_id: user, cooldown_key: 'another' }),
      await system.broadcast({ user_id: user }),
      await system.broadcast({ user_id: other, cooldown_key: key }),
    ];
    expect(passes.map((a) => a.status)).toEqual(['delivered', 'delivered', 'queued']);
    const last = await system.mark(user, client);
    const first = racing.find((a) => a.status === 'delivered')!.id;
    expect(client.ids).toEqual([first, passes[0]!.id, passes[1]!.id, last]);
  });

  it('is its producer’s own: another’s with the same key holds nothing back', async () => {
    const user = randomUUID();
    const client = await system.browser(user);
    const push = async (caller: string) =>
      (await system.broadcast({ user_id: user, cooldown_key: key }, caller)).status;
    expect([await push('social'), await push('social'), await push('billing')]).toEqual([
      'delivered',
      'suppressed',
      'delivered',
    ]);
    await system.mark(user, client);
    expect(client.ids).toHaveLength(3);
  });

  it('F-producers: on the bus is its producer’s own, too, and the same one as over HTTP', async () => {
    const user = randomUUID();
    const client = await system.browser(user);
    const says = async (producer: ProducerName, event: { name: string }) => {
      const publish = await system.producers.as(producer);
      return (data: object) => publish(event, { type: 'notification', data, user_id: user, cooldown_key: key });
    };
    const broadcaster = await says('broadcaster', NotificationPublished);
    const social = await says('social', SocialNotificationPublished);
    await broadcaster({ n: 1 });
    await social({ n: 2 });
    await eventually('both', 30_000, async () => client.ids.length === 2 || undefined);
    await broadcaster({ n: 3 });
    await social({ n: 4 });
    const again = ['broadcaster', 'social'].map((p) => system.broadcast({ user_id: user, cooldown_key: key }, p));
    expect((await Promise.all(again)).map((a) => a.status)).toEqual(['suppressed', 'suppressed']);
    await system.taken();
    await system.mark(user, client);
    expect(
      client.heard
        .map(({ data }) => data.n)
        .filter(Boolean)
        .sort(),
    ).toEqual([1, 2]);
  });

  it('F-producers: a notification on the bus has one possible publisher, for the broker does not say who it was', () => {
    const notifications = allEvents().filter((e) => e.data.prototype instanceof BroadcastRequest);
    expect(notifications.map((e) => [e.name, e.producers])).toEqual([
      [NotificationPublished.name, ['broadcaster']],
      [SocialNotificationPublished.name, ['social']],
    ]);
  });

  it('ends', async () => {
    const user = randomUUID();
    const again = () => system.broadcast({ user_id: user, cooldown_key: key, cooldown_seconds: 1 });
    expect((await again()).status).toBe('queued');
    await eventually('the end of the cooldown', 30_000, async () => (await again()).status === 'queued' || undefined);
  });

  it('is not for chat: a thousand messages at once all arrive, and no key is written', async () => {
    const owner = randomUUID();
    const client = await system.agent(owner);
    const jsm = await system.operator();
    const written = async () => (await jsm.streams.info(bucketStream('cooldowns'))).state.last_seq;
    const before = await written();
    const said = Array.from({ length: 1_000 }, () => message(owner));
    // As producers do: the same again until it is taken.
    const say = (m: ChatMessageRequest) =>
      eventually('acceptance', 60_000, () =>
        system.gateway.bus.send(PublishChatMessage, m, { timeoutMs: 20_000 }).catch((error: Refusal) => {
          if (error.code !== 'unavailable') throw error;
          return undefined;
        }),
      );
    const answers = await Promise.all(said.map(say));
    expect(answers.filter(({ status }) => status === 'suppressed')).toEqual([]);
    await eventually('all of them', 60_000, async () => new Set(client.ids).size === 1_000 || undefined);
    expect(client.ids).toHaveLength(1_000);
    expect(await written()).toBe(before);
  }, 120_000);
});
