import { Log } from '#boot';
import type { SharedStore, Versioned } from '#bus';
import { Unavailable } from '#contracts';
import { Cooldowns } from '../cooldown/cooldowns.service.js';
import type { FramePublisher } from '../fanout/frame-publisher.service.js';
import { ProducerKeys } from '../idempotency/producer-keys.service.js';
import { broadcastFrame } from './producers.rules.js';
import { ProducersService } from './producers.service.js';
import type { Receivers } from './receivers.service.js';

/** A store that keeps entries by compare-and-set, and can be away for writes. */
class Store {
  readonly entries = new Map<string, { value: string; revision: number }>();
  away = false;

  async read(bucket: string, key: string): Promise<Versioned> {
    return this.entries.get(`${bucket}/${key}`) ?? { revision: 0 };
  }

  async write(bucket: string, key: string, value: string, revision: number): Promise<number | undefined> {
    if (this.away) throw Unavailable.with();
    const at = `${bucket}/${key}`;
    if ((this.entries.get(at)?.revision ?? 0) !== revision) return undefined;
    this.entries.set(at, { value, revision: revision + 1 });
    return revision + 1;
  }
}

/** A service whose stream forgets ids at once, as the real one does after minutes. */
function made() {
  const store = new Store();
  const pushed: string[] = [];
  let failing = 0;
  const publisher = {
    publish: async (_user: string, { id }: { id: string }) => {
      if (failing-- > 0) throw Unavailable.with();
      pushed.push(id);
      return { id, seq: pushed.length, duplicate: false };
    },
  };
  const shared = store as unknown as SharedStore;
  const service = new ProducersService(
    publisher as unknown as FramePublisher,
    new ProducerKeys(shared, Log.create({ app: 'realtime', level: 'silent' })),
    new Cooldowns(shared),
    { has: async () => false } as unknown as Receivers,
  );
  return { service, store, pushed, fail: (times: number) => (failing = times) };
}

const request = { type: 'notification', data: { a: 1 }, user_id: 'u' };

it('RT11: remembers an id for longer than the stream does', async () => {
  const { service, pushed } = made();
  const first = await service.push(broadcastFrame({ ...request, id: 'one' }));
  const second = await service.push(broadcastFrame({ ...request, id: 'one' }));
  expect([first.status, second.status, second.duplicate]).toEqual(['queued', 'duplicate', true]);
  expect(pushed).toEqual(['one']);
});

it('RT33: does not take back what the stream has because the id cannot be kept', async () => {
  const { service, store, pushed } = made();
  store.away = true;
  expect((await service.push(broadcastFrame({ ...request, id: 'one' }))).status).toBe('queued');
  expect(pushed).toEqual(['one']);
});

it('RT12 RT33: an event that was never pushed holds no key', async () => {
  const { service, pushed, fail } = made();
  fail(1);
  const cooled = { ...request, cooldown_key: 'k' };
  await expect(service.push(broadcastFrame(cooled))).rejects.toMatchObject({ code: 'unavailable' });
  expect((await service.push(broadcastFrame(cooled))).status).toBe('queued');
  expect((await service.push(broadcastFrame(cooled))).status).toBe('suppressed');
  expect(pushed).toHaveLength(1);
});

it('RT12: an id that was suppressed is not used up', async () => {
  const { service, store } = made();
  const cooled = { ...request, cooldown_key: 'k' };
  await service.push(broadcastFrame({ ...cooled, id: 'one' }));
  expect((await service.push(broadcastFrame({ ...cooled, id: 'two' }))).status).toBe('suppressed');
  for (const key of store.entries.keys()) if (key.startsWith('cooldowns/')) store.entries.delete(key);
  expect((await service.push(broadcastFrame({ ...cooled, id: 'two' }))).status).toBe('queued');
});

it('keeps no name and no key of a producer as it was written', async () => {
  const { service, store } = made();
  await service.push(broadcastFrame({ ...request, id: 'mail-ada@example.com', cooldown_key: 'ada@example.com' }));
  const kept = JSON.stringify([...store.entries.keys()]);
  expect(store.entries.size).toBe(2);
  expect(kept).not.toContain('ada');
});
