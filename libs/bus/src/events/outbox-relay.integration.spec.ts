import type { JetStreamClient } from '@nats-io/jetstream';
import { Outbox, OutboxRepository } from '#persistence';
import { testBroker, testDatabase, type TestBroker, type TestDatabase } from '../../../../test/support/index.js';
import { appOnBus, eventually, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { ThingDone } from '../../test/probes.js';
import { OutboxRelay } from './outbox-relay.js';

describe('the outbox on its way to the stream', () => {
  let broker: TestBroker;
  let database: TestDatabase;
  let app: AppOnBus;

  beforeAll(async () => {
    [broker, database] = await Promise.all([testBroker(), testDatabase('licensing', [])]);
    app = await appOnBus('licensing', {
      url: broker.url,
      seedFile: broker.seedFile('licensing'),
      database: database.url,
    });
    await untilReady(app);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    await broker?.stop();
  });
  afterEach(() => jest.restoreAllMocks());

  test('a stream that is slow takes a batch in pieces: the database would end a transaction that idles for all of it', async () => {
    const js = (app.nest.get(OutboxRelay) as unknown as { js: JetStreamClient }).js;
    const publish = js.publish.bind(js);
    const now = performance.now.bind(performance);
    let slow = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + slow);
    jest.spyOn(js, 'publish').mockImplementation((...args) => {
      slow += 1_000;
      return publish(...args);
    });
    const rows = app.nest.get(OutboxRepository);
    const claim = rows.claim.bind(rows);
    const taken: string[][] = [];
    jest.spyOn(rows, 'claim').mockImplementation((limit, take) =>
      claim(limit, async (batch) => {
        const ids = await take(batch);
        taken.push(ids);
        return ids;
      }),
    );
    const all = Array.from({ length: 20 }, (_, number) => ({ data: { thing: 'slow', number }, key: 'one' }));
    await app.nest.get(Outbox).appendAll(ThingDone, all);
    const [{ ids }] = (await database.query<{ ids: string[] }>(
      'select array_agg(id::text order by seq) as ids from outbox',
      [],
    )) as [{ ids: string[] | null }];
    await eventually(() => expect(taken.flat()).toHaveLength(20));
    expect(Math.max(...taken.map((piece) => piece.length))).toBeLessThan(10);
    // What was taken before it was looked at is missing there.
    if (ids) expect(taken.flat().slice(-ids.length)).toEqual(ids);
  });
});
