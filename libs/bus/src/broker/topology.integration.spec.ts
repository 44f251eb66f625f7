import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { EVENTS_STREAM, ensureStreams, REALTIME_STREAM } from '#bus';
import { ownBroker, type OwnBroker } from '../../test/own-broker.js';
import '../../test/probes.js';

describe('the migration step makes the topology', () => {
  let broker: OwnBroker;
  let operator: NatsConnection;

  beforeAll(async () => {
    broker = await ownBroker({ streams: false });
    operator = await connect(broker.connectionOptions('operator'));
  });
  afterAll(async () => {
    await operator?.close();
    await broker?.stop();
  });

  test('once everything is made, again nothing is done', async () => {
    const made = await ensureStreams(operator);
    expect(made).toEqual([
      'stream EVENTS made',
      'stream REALTIME made',
      'stream KV_limits made',
      'stream KV_signatures made',
      ...['identity', 'licensing', 'fulfillment', 'realtime'].map((app) => `consumer ${app} made`),
    ]);
    expect(await ensureStreams({ url: broker.url, seedFile: broker.seedFile('operator') })).toEqual([]);
  });

  test('what has drifted is set right, and nothing else is touched', async () => {
    const jsm = await jetstreamManager(operator, { checkAPI: false });
    await jsm.streams.update(REALTIME_STREAM, { max_bytes: 1_000_000 });
    await jsm.consumers.update(EVENTS_STREAM, 'licensing', { filter_subjects: ['evt.billing.plan.changed'] });
    expect(await ensureStreams(operator)).toEqual(['stream REALTIME changed', 'consumer licensing changed']);
    expect(await ensureStreams(operator)).toEqual([]);
  });

  test('a listener that is no more loses its consumer, which would keep its events for ever', async () => {
    const jsm = await jetstreamManager(operator, { checkAPI: false });
    await jsm.consumers.add(EVENTS_STREAM, { durable_name: 'gateway', filter_subjects: ['evt.a.b.c', 'evt.a.b.d'] });
    expect(await ensureStreams(operator)).toEqual(['consumer gateway removed']);
  });
});
