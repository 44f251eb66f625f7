import { Injectable } from '@nestjs/common';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, nanos, type NatsConnection } from '@nats-io/transport-node';
import { EVENTS_STREAM, Listens, Watches, type EventMeta } from '#bus';
import { DeadLetters, eventSubject, Refusal, type BusUser } from '#contracts';
import { Outbox, OutboxRepository, Transactions } from '#persistence';
import { testDatabase, type TestDatabase } from '../../../../test/support/index.js';
import { appOnBus, eventually, metric, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { ownBroker, type OwnBroker } from '../../test/own-broker.js';
import { ThingDone, ThingTold, type ThingDoneData, type ThingToldData } from '../../test/probes.js';

interface Publisher {
  publish(subject: string, payload?: unknown, options?: unknown): void;
}

type Heard = EventMeta & { number?: number };

/** Writes a row per event into the app's database, so that what happened twice is seen twice. */
@Injectable()
class Listener {
  static poisoned = true;
  static tried: Heard[] = [];

  constructor(private readonly tx: Transactions) {}

  @Listens(ThingDone)
  async done({ thing, number, poison }: ThingDoneData, meta: EventMeta): Promise<void> {
    Listener.tried.push({ ...meta, number });
    await this.tx.query('insert into effects (thing, number) values ($1, $2)', [thing, number]);
    if (poison && Listener.poisoned) throw new Error(`poison ${thing}`);
  }

  @Listens(ThingTold)
  async told({ told_id }: ThingToldData, meta: EventMeta): Promise<void> {
    Listener.tried.push(meta);
    await this.tx.query('insert into effects (thing, number) values ($1, 0)', [told_id]);
  }
}

/** A listener of an app without a database. */
@Injectable()
class MemoryListener {
  static heard: number[] = [];

  @Listens(ThingDone)
  async done({ thing, number, poison }: ThingDoneData): Promise<void> {
    // Its consumer brings everything that the tests before have emitted.
    if (thing !== 'memory') return;
    MemoryListener.heard.push(number);
    if (poison) throw new Error('poison');
  }
}

function watcher(): { provider: new () => object; heard: number[] } {
  const heard: number[] = [];
  @Injectable()
  class Watcher {
    @Watches(ThingDone)
    done({ number }: ThingDoneData): void {
      heard.push(number);
    }
  }
  return { provider: Watcher, heard };
}

describe('events from outbox to listener', () => {
  let broker: OwnBroker;
  let producerDb: TestDatabase;
  let listenerDb: TestDatabase;
  let producer: AppOnBus;
  let listener: AppOnBus;
  let gateway: AppOnBus;
  let raw: NatsConnection;

  const startListener = (): Promise<AppOnBus> =>
    appOnBus('identity', {
      url: broker.url,
      seedFile: broker.seedFile('identity'),
      providers: [Listener],
      database: listenerDb.url,
    });
  const emit = (data: ThingDoneData, key?: string): Promise<void> =>
    producer.nest.get(Outbox).append(ThingDone, data, { key });
  const effects = async (thing: string): Promise<number[]> => {
    const rows = await listenerDb.query<{ number: number }>(
      'select number from effects where thing = $1 order by nth',
      [thing],
    );
    return rows.map((r) => r.number);
  };
  const outboxRows = async (): Promise<number> =>
    (await producerDb.query<{ n: number }>('select count(*)::int as n from outbox'))[0]!.n;
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

  const connections: NatsConnection[] = [];
  const connected = async (user: BusUser): Promise<NatsConnection> => {
    const nc = await connect(broker.connectionOptions(user));
    connections.push(nc);
    return nc;
  };
  const operate = async (): Promise<JetStreamManager> =>
    jetstreamManager(await connected('operator'), { checkAPI: false });
  afterEach(() => Promise.all(connections.splice(0).map((nc) => nc.close())));

  beforeAll(async () => {
    [broker, producerDb, listenerDb] = await Promise.all([
      ownBroker(),
      testDatabase('licensing', []),
      testDatabase('identity', []),
    ]);
    await listenerDb.query(
      'create table effects (nth bigint generated always as identity, thing text, number int)',
      [],
    );
    producer = await appOnBus('licensing', {
      url: broker.url,
      seedFile: broker.seedFile('licensing'),
      database: producerDb.url,
    });
    listener = await startListener();
    gateway = await appOnBus('gateway', { url: broker.url, seedFile: broker.seedFile('gateway') });
    raw = await connect(broker.connectionOptions('billing'));
    await Promise.all([producer, listener, gateway].map((app) => untilReady(app)));
  });
  afterAll(async () => {
    await raw?.close();
    await Promise.all([producer?.close(), listener?.close(), gateway?.close()]);
    await Promise.all([producerDb?.drop(), listenerDb?.drop()]);
    await broker?.stop();
  });
  beforeEach(() => {
    Listener.tried = [];
  });

  test('H6: events of one key arrive once and in order, and the outbox is empty afterwards', async () => {
    const tx = producer.nest.get(Transactions);
    for (const number of upTo(300)) {
      await tx.run(() => emit({ thing: `order-${number % 3}`, number }, `key-${number % 3}`));
    }
    await eventually(async () => expect(await effects('order-0')).toHaveLength(100));
    for (const k of [0, 1, 2]) {
      const wanted = upTo(300).filter((n) => n % 3 === k);
      await eventually(async () => expect(await effects(`order-${k}`)).toEqual(wanted));
    }
    await eventually(async () => expect(await outboxRows()).toBe(0));
  });

  test('an event of a transaction that is rolled back is never published', async () => {
    const tx = producer.nest.get(Transactions);
    const rolledBack = tx.run(async () => {
      await emit({ thing: 'rollback', number: 1 });
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await emit({ thing: 'rollback', number: 2 });
    await eventually(async () => expect(await effects('rollback')).toEqual([2]));
  });

  test('REL2: an event that is delivered five times, its acknowledgements lost, takes effect once', async () => {
    const jsm = await operate();
    await jsm.consumers.update(EVENTS_STREAM, 'identity', { ack_wait: nanos(300) });
    const { protocol } = listener.bus.connection as unknown as { protocol: Publisher };
    let lost = 0;
    const publish = protocol.publish.bind(protocol);
    const wire = jest.spyOn(protocol, 'publish').mockImplementation((subject, payload, options) => {
      // What is said of an event that is still at work goes the same way, and is none.
      const isAck = subject.startsWith('$JS.ACK.') && Buffer.from(payload as Uint8Array).toString() === '+ACK';
      if (isAck && lost < 4) lost++;
      else publish(subject, payload, options);
    });
    await emit({ thing: 'redelivered', number: 1 });
    const duplicates = { event: ThingDone.name, outcome: 'duplicate' };
    // Four acknowledgements were lost; a machine that stands still for longer than the wait adds deliveries of its own.
    await eventually(async () =>
      expect(await metric(listener, 'gatehouse_event_seconds_count', duplicates)).toBeGreaterThanOrEqual(4),
    );
    expect(lost).toBe(4);
    wire.mockRestore();
    await jsm.consumers.update(EVENTS_STREAM, 'identity', { ack_wait: nanos(30_000) });
    expect(await effects('redelivered')).toEqual([1]);
    expect(Listener.tried).toHaveLength(1);
  });

  test('REL2: an external producer that says the same thing five times, with no message id, is heard once', async () => {
    for (let i = 0; i < 5; i++) raw.publish(eventSubject(ThingTold), JSON.stringify({ told_id: 'same' }));
    raw.publish(eventSubject(ThingTold), JSON.stringify({ told_id: 'other' }));
    await raw.flush();
    await eventually(async () => expect(await effects('other')).toEqual([0]));
    await eventually(async () =>
      expect(
        await metric(listener, 'gatehouse_event_seconds_count', { event: ThingTold.name, outcome: 'duplicate' }),
      ).toBe(4),
    );
    expect(await effects('same')).toEqual([0]);
  });

  test('REL1: a relay that dies between publish and delete publishes again, and the copy has no effect', async () => {
    const rows = producer.nest.get(OutboxRepository);
    const claim = rows.claim.bind(rows);
    let died = 0;
    const spy = jest.spyOn(rows, 'claim').mockImplementation((limit, publish) =>
      claim(limit, async (batch) => {
        await publish(batch);
        if (died++ < 2) throw new Error('killed before the delete');
        return batch.map((r) => r.id);
      }),
    );
    const before = (await (await operate()).streams.info(EVENTS_STREAM)).state.last_seq;
    await emit({ thing: 'crashed', number: 1 });
    await eventually(async () => expect(await outboxRows()).toBe(0));
    spy.mockRestore();
    expect(died).toBeGreaterThan(2);
    await eventually(async () => expect(await effects('crashed')).toEqual([1]));
    const after = (await (await operate()).streams.info(EVENTS_STREAM)).state.last_seq;
    expect(after - before).toBe(1);
  });

  test('with the broker away the outbox keeps everything, and all of it arrives in order when it is back', async () => {
    broker.signal('SIGKILL');
    await eventually(async () => expect((await producer.health.ready()).status).toBe('not_ready'));
    for (const number of upTo(50)) await emit({ thing: 'outage', number }, 'outage');
    expect(await outboxRows()).toBe(50);
    await broker.start();
    await eventually(async () => expect(await effects('outage')).toEqual(upTo(50)));
    await eventually(async () => expect(await outboxRows()).toBe(0));
    await untilReady(listener);
  }, 60_000);

  test('REL11: a stream that takes no more loses nothing: the outbox grows, says so, and empties when there is room', async () => {
    const jsm = await operate();
    const { config } = await jsm.streams.info(EVENTS_STREAM);
    await jsm.streams.update(EVENTS_STREAM, { ...config, max_msg_size: 8 });
    for (const number of upTo(10)) await emit({ thing: 'full', number }, 'full');
    await eventually(() => expect(JSON.stringify(producer.logged)).toContain('they stay in the outbox'));
    expect(await outboxRows()).toBe(10);
    await jsm.streams.update(EVENTS_STREAM, { ...config, max_msg_size: -1 });
    await eventually(async () => expect(await effects('full')).toEqual(upTo(10)));
    await eventually(async () => expect(await outboxRows()).toBe(0));
  });

  test('two replicas of a listener share the events; each is taken once', async () => {
    const second = await startListener();
    await untilReady(second);
    for (const number of upTo(200)) await emit({ thing: 'shared', number });
    await eventually(async () => expect(await effects('shared')).toHaveLength(200));
    expect(new Set(await effects('shared')).size).toBe(200);
    await second.close();
  });

  test('a listener that stops in the middle leaves nothing half done and nothing behind', async () => {
    const leaving = await startListener();
    await untilReady(leaving);
    for (const number of upTo(100)) await emit({ thing: 'leaving', number });
    await leaving.close();
    await eventually(async () => expect((await effects('leaving')).sort((a, b) => a - b)).toEqual(upTo(100)));
  });

  test('REL3: poison is tried five times, becomes a dead letter, holds nobody up, and can be replayed or discarded', async () => {
    Listener.poisoned = true;
    await emit({ thing: 'poison', number: 1, poison: true }, 'poison-1');
    await emit({ thing: 'poison', number: 2, poison: true }, 'poison-2');
    await emit({ thing: 'healthy', number: 1 }, 'healthy');
    await eventually(async () => expect(await effects('healthy')).toEqual([1]));
    expect(await metric(listener, 'gatehouse_event_seconds_count', { outcome: 'dead' })).toBe(0);
    const list = async () => (await gateway.bus.send(DeadLetters.identity.list, {})).dead_letters;
    await eventually(async () => expect(await list()).toHaveLength(2), 60_000);
    expect(Listener.tried.filter((t) => t.number === 1 && t.tries > 0).map((t) => t.tries)).toEqual(
      expect.arrayContaining([1, 2, 3, 4, 5]),
    );
    expect(await effects('poison')).toEqual([]);
    expect(await metric(listener, 'gatehouse_dead_letters')).toBe(2);
    const letters = await list();
    const one = letters.find((l) => l.data['number'] === 1)!;
    const two = letters.find((l) => l.data['number'] === 2)!;
    expect(one).toMatchObject({ event: ThingDone.name, tries: 5, error: 'Error: poison poison' });

    const failed = await gateway.bus.send(DeadLetters.identity.replay, { id: one.id }).catch((e: unknown) => e);
    expect((failed as Refusal).code).toBe('internal');
    expect(await effects('poison')).toEqual([]);
    expect(await list()).toHaveLength(2);

    Listener.poisoned = false;
    await gateway.bus.send(DeadLetters.identity.replay, { id: one.id });
    expect(await effects('poison')).toEqual([1]);
    const again = await gateway.bus.send(DeadLetters.identity.replay, { id: one.id }).catch((e: unknown) => e);
    expect((again as Refusal).code).toBe('not_found');

    await gateway.bus.send(DeadLetters.identity.discard, { id: two.id });
    expect(await list()).toEqual([]);
    expect(await effects('poison')).toEqual([1]);
  }, 180_000);

  test('data that break the contract are a dead letter at once, whatever they are', async () => {
    for (const data of ['{"told_id":7}', '[]', 'no json', '']) raw.publish(eventSubject(ThingTold), data);
    await raw.flush();
    const list = async () => (await gateway.bus.send(DeadLetters.identity.list, {})).dead_letters;
    await eventually(async () => expect(await list()).toHaveLength(4));
    for (const letter of await list()) {
      expect(letter).toMatchObject({ event: ThingTold.name, tries: 1 });
      await gateway.bus.send(DeadLetters.identity.discard, { id: letter.id });
    }
    expect(Listener.tried).toEqual([]);
  });

  test('an app without a database takes an event once, tries poison five times, and gives it up with a log line', async () => {
    const realtime = await appOnBus('realtime', {
      url: broker.url,
      seedFile: broker.seedFile('realtime'),
      providers: [MemoryListener],
    });
    await untilReady(realtime);
    MemoryListener.heard = [];
    Listener.poisoned = false;
    await emit({ thing: 'memory', number: 7 }, 'memory-7');
    await emit({ thing: 'memory', number: 8, poison: true }, 'memory-8');
    await emit({ thing: 'memory', number: 9 }, 'memory-9');
    const heard = (): number[] => [...MemoryListener.heard].sort();
    await eventually(() => expect(heard()).toEqual([7, 8, 8, 8, 8, 8, 9]), 60_000);
    const givenUp = (): boolean => realtime.logged.some((l) => String(l['msg']).includes('is given up'));
    await eventually(() => expect(givenUp()).toBe(true));
    expect(await metric(realtime, 'gatehouse_event_seconds_count', { outcome: 'dead' })).toBeGreaterThan(0);
    await realtime.close();
  }, 180_000);

  test('every replica that watches an event hears it, and one that fails harms nobody', async () => {
    const watchers = [watcher(), watcher()];
    const replicas = await Promise.all(
      watchers.map((w) =>
        appOnBus('gateway', { url: broker.url, seedFile: broker.seedFile('gateway'), providers: [w.provider] }),
      ),
    );
    await Promise.all(replicas.map((r) => untilReady(r)));
    await jetstream(await connected('licensing')).publish(eventSubject(ThingDone), 'no json');
    await emit({ thing: 'watched', number: 42 });
    for (const { heard } of watchers) await eventually(() => expect(heard).toEqual([42]));
    await Promise.all(replicas.map((r) => r.close()));
  });
});
