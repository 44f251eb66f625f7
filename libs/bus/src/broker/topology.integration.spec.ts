import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { BUCKET_OWNERS, BUCKETS, bucketStream, EVENTS_STREAM, ensureStreams, REALTIME_STREAM } from '#bus';
import { relayed } from '../../../../test/support/relay.js';
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

  test('RT34: once everything is made it reads back as it was asked for, in files, and again nothing is done', async () => {
    const made = await ensureStreams(operator);
    expect(made).toEqual([
      'stream EVENTS made',
      'stream REALTIME made',
      ...BUCKETS.map((bucket) => `stream KV_${bucket} made`),
      ...['identity', 'licensing', 'fulfillment', 'realtime', 'secrets'].map((app) => `consumer ${app} made`),
    ]);
    expect(await ensureStreams({ url: broker.url, seedFile: broker.seedFile('operator') })).toEqual([]);
    const jsm = await jetstreamManager(operator, { checkAPI: false });
    for (const name of [EVENTS_STREAM, REALTIME_STREAM, ...BUCKETS.map(bucketStream)]) {
      expect([name, (await jsm.streams.info(name)).config.storage]).toEqual([name, 'file']);
    }
    expect((await jsm.streams.info(REALTIME_STREAM)).config).toMatchObject({
      subjects: ['rtm.>'],
      republish: { src: 'rtm.>', dest: 'rtl.>' },
      allow_direct: true,
      max_msgs_per_subject: 1_024,
      max_age: 600_000_000_000,
    });
  });

  test('what has drifted is set right, and nothing else is touched', async () => {
    const jsm = await jetstreamManager(operator, { checkAPI: false });
    await jsm.streams.update(REALTIME_STREAM, { max_bytes: 1_000_000 });
    await jsm.consumers.update(EVENTS_STREAM, 'licensing', { filter_subjects: ['evt.billing.plan.changed'] });
    expect(await ensureStreams(operator)).toEqual(['stream REALTIME changed', 'consumer licensing changed']);
    expect(await ensureStreams(operator)).toEqual([]);
  });

  test('an app reads and writes its buckets with the rights that it has', async () => {
    for (const bucket of BUCKETS) {
      const nc = await connect(broker.connectionOptions(BUCKET_OWNERS[bucket]));
      for (const allow_direct of [false, true]) {
        const kv = await new Kvm(nc).open(bucket, { allow_direct });
        const key = `k.${allow_direct}`;
        const revision = await kv.create(key, 'one');
        await expect(kv.create(key, 'again')).rejects.toThrow();
        await kv.update(key, 'two', revision);
        await expect(kv.update(key, 'late', revision)).rejects.toThrow();
        expect((await kv.get(key))?.string()).toBe('two');
        await kv.delete(key);
        expect(await kv.create(key, 'three')).toBeGreaterThan(revision);
      }
      await nc.close();
    }
  });

  test('a frame that realtime publishes reaches every replica with its place in the stream, once per id', async () => {
    const nc = await connect(broker.connectionOptions('realtime'));
    const frames = nc.subscribe('rtl.>', { max: 2 });
    await nc.flush();
    const js = jetstream(nc);
    await js.publish('rtm.user.1', 'first', { msgID: 'f-1' });
    expect(await js.publish('rtm.user.1', 'first', { msgID: 'f-1' })).toMatchObject({ duplicate: true });
    await js.publish('rtm.all', 'second', { msgID: 'f-2' });
    const heard: string[] = [];
    for await (const m of frames) heard.push(`${m.subject} ${m.headers?.get('Nats-Sequence')} ${m.string()}`);
    expect(heard).toEqual(['rtl.user.1 1 first', 'rtl.all 2 second']);
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    expect((await jsm.direct.getMessage(REALTIME_STREAM, { seq: 2 }))?.string()).toBe('second');
    await nc.close();
  });

  test('OPS15: a broker that is busy when it is asked is waited for', async () => {
    const busy = await relayed(broker.url, (near, dial) => {
      const far = dial();
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      setTimeout(() => near.pipe(far).pipe(near), 4_000).unref();
    });
    await ensureStreams(operator);
    expect(await ensureStreams({ url: busy, seedFile: broker.seedFile('operator') })).toEqual([]);
  });

  test('a listener that is no more loses its consumer, which would keep its events for ever', async () => {
    const jsm = await jetstreamManager(operator, { checkAPI: false });
    await jsm.consumers.add(EVENTS_STREAM, { durable_name: 'gateway', filter_subjects: ['evt.a.b.c', 'evt.a.b.d'] });
    expect(await ensureStreams(operator)).toEqual(['consumer gateway removed']);
  });
});
