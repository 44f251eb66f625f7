import { Log } from '#boot';
import type { SharedStore, Versioned } from '#bus';
import { Unavailable, type BroadcastRequest } from '#contracts';
import { Cooldowns } from '../cooldown/cooldowns.service.js';
import type { FramePublisher } from '../fanout/frame-publisher.service.js';
import { ProducerKeys } from '../idempotency/producer-keys.service.js';
import type { ProducedFrame } from './produced-frame.js';
import { broadcastFrame as frameOf } from './producers.rules.js';
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

/** A service whose stream refuses an id twice, or forgets ids at once, as the real one does after minutes. */
function made({ forgetful, store = new Store() }: { forgetful: boolean; store?: Store }) {
  const pushed: string[] = [];
  let failing = 0;
  const hook = { atPublish: async () => undefined as void };
  const publisher = {
    publish: async (_user: string, { id }: { id: string }) => {
      await hook.atPublish();
      if (failing-- > 0) throw Unavailable.with();
      const duplicate = !forgetful && pushed.includes(id);
      if (!duplicate) pushed.push(id);
      return { id, seq: pushed.length, duplicate };
    },
  };
  const shared = store as unknown as SharedStore;
  const service = new ProducersService(
    publisher as unknown as FramePublisher,
    new ProducerKeys(shared, Log.create({ app: 'realtime', level: 'silent' })),
    new Cooldowns(shared),
    { has: async () => false } as unknown as Receivers,
  );
  return { service, store, pushed, hook, fail: (times: number) => (failing = times) };
}

const broadcastFrame = (input: BroadcastRequest): ProducedFrame => frameOf(input, 'broadcaster');
const request = { type: 'notification', data: { a: 1 }, user_id: 'u' };

it('RT11: remembers an id for longer than the stream does', async () => {
  const { service, pushed } = made({ forgetful: true });
  const first = await service.push(broadcastFrame({ ...request, id: 'one' }));
  const second = await service.push(broadcastFrame({ ...request, id: 'one' }));
  expect([first.status, second.status, second.duplicate]).toEqual(['queued', 'duplicate', true]);
  expect(pushed).toEqual(['one']);
});

it('RT33: does not take back what the stream has because the id cannot be kept', async () => {
  const { service, store, pushed, hook } = made({ forgetful: true });
  hook.atPublish = async () => void (store.away = true);
  expect((await service.push(broadcastFrame({ ...request, id: 'one' }))).status).toBe('queued');
  expect(pushed).toEqual(['one']);
});

it('RT11 RT33: pushes nothing under an id that cannot be claimed', async () => {
  const { service, store, pushed } = made({ forgetful: true });
  store.away = true;
  const frame = broadcastFrame({ ...request, id: 'one' });
  await expect(service.push(frame)).rejects.toMatchObject({ code: 'unavailable' });
  expect(pushed).toEqual([]);
  store.away = false;
  expect((await service.push(frame)).status).toBe('queued');
});

it('RT11: an id whose replica dies before the event is pushed stands for that event, which can be sent again', async () => {
  const dying = made({ forgetful: true });
  let reached = (): void => undefined;
  const there = new Promise<void>((resolve) => (reached = resolve));
  // What was begun there never ends: nobody hears of it again.
  dying.hook.atPublish = () => {
    reached();
    return new Promise(() => undefined);
  };
  void dying.service.push(broadcastFrame({ ...request, id: 'one' }));
  await there;
  const { service, pushed } = made({ forgetful: true, store: dying.store });
  const other = broadcastFrame({ ...request, id: 'one', data: { a: 2 } });
  await expect(service.push(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  expect((await service.push(broadcastFrame({ ...request, id: 'one' }))).status).toBe('queued');
  expect((await service.push(broadcastFrame({ ...request, id: 'one' }))).status).toBe('duplicate');
  expect([dying.pushed, pushed]).toEqual([[], ['one']]);
});

it('RT11: an id under which pushing failed can be sent again, and stands for what it was sent with', async () => {
  const { service, pushed, fail } = made({ forgetful: true });
  fail(1);
  const [frame, other] = [{ a: 1 }, { a: 2 }].map((data) => broadcastFrame({ ...request, id: 'one', data }));
  await expect(service.push(frame!)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(service.push(other!)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  expect((await service.push(frame!)).status).toBe('queued');
  expect(pushed).toEqual(['one']);
});

it('RT12 RT33: an event that was never pushed holds no key', async () => {
  const { service, pushed, fail } = made({ forgetful: true });
  fail(1);
  const cooled = { ...request, cooldown_key: 'k' };
  await expect(service.push(broadcastFrame(cooled))).rejects.toMatchObject({ code: 'unavailable' });
  expect((await service.push(broadcastFrame(cooled))).status).toBe('queued');
  expect((await service.push(broadcastFrame(cooled))).status).toBe('suppressed');
  expect(pushed).toHaveLength(1);
});

it('RT11 RT12: of one id that is sent many times at once one is new and the others are duplicates, also with a cooldown', async () => {
  const { service, pushed } = made({ forgetful: false });
  const cooled = { ...request, id: 'one', cooldown_key: 'k' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => service.push(broadcastFrame(cooled))));
  expect(answers.map((a) => a.status).sort()).toEqual([...Array<string>(9).fill('duplicate'), 'queued']);
  expect(pushed).toEqual(['one']);
  expect((await service.push(broadcastFrame({ ...cooled, id: 'two' }))).status).toBe('suppressed');
});

it('RT12: of two events with one key that are sent at once one is suppressed', async () => {
  const { service, pushed } = made({ forgetful: false });
  const answers = await Promise.all(
    ['one', 'two'].map((id) => service.push(broadcastFrame({ ...request, id, cooldown_key: 'k' }))),
  );
  expect(answers.map((a) => a.status).sort()).toEqual(['queued', 'suppressed']);
  expect(pushed).toHaveLength(1);
});

it('RT12: an id that was suppressed is not used up', async () => {
  const { service, store } = made({ forgetful: true });
  const cooled = { ...request, cooldown_key: 'k' };
  await service.push(broadcastFrame({ ...cooled, id: 'one' }));
  expect((await service.push(broadcastFrame({ ...cooled, id: 'two' }))).status).toBe('suppressed');
  for (const key of store.entries.keys()) if (key.startsWith('cooldowns/')) store.entries.delete(key);
  expect((await service.push(broadcastFrame({ ...cooled, id: 'two' }))).status).toBe('queued');
});

it('keeps no name and no key of a producer as it was written', async () => {
  const { service, store } = made({ forgetful: true });
  await service.push(broadcastFrame({ ...request, id: 'mail-ada@example.com', cooldown_key: 'ada@example.com' }));
  const kept = JSON.stringify([...store.entries.keys()]);
  expect(store.entries.size).toBe(2);
  expect(kept).not.toContain('ada');
});
