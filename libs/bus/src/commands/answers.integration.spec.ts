import { connect, type NatsConnection } from '@nats-io/transport-node';
import { testBroker, type TestBroker } from '../../../../test/support/index.js';
import { appOnBus, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { Echo } from '../../test/probes.js';
import { refusalOf } from '../../test/refusal-of.js';

describe('BUS4: hostile answers', () => {
  let broker: TestBroker;
  let gateway: AppOnBus;
  let liar: NatsConnection;

  beforeAll(async () => {
    broker = await testBroker();
    gateway = await appOnBus('gateway', { url: broker.url, seedFile: broker.seedFile('gateway') });
    liar = await connect(broker.connectionOptions('licensing'));
    await untilReady(gateway);
  });
  afterAll(async () => {
    await liar?.close();
    await gateway?.close();
    await broker?.stop();
  });

  const neighbour = (reply: string): string => reply.replace(/[^.]+$/, 'zzz');
  const cases: [string, (reply: string) => void][] = [
    ['wrong id', (reply) => liar.publish(neighbour(reply), '{"ok":{"text":"lie"}}')],
    ['no id', (reply) => liar.publish(reply.replace(/\.[^.]+$/, '.'), '{"ok":{"text":"lie"}}')],
    ['no envelope', (reply) => liar.publish(reply, '{"text":"lie"}')],
    ['an answer that is no object', (reply) => liar.publish(reply, '{"ok":"lie"}')],
    ['both ok and error', (reply) => liar.publish(reply, '{"ok":{},"error":{"code":"x","kind":"y","title":"z"}}')],
    ['an error without code', (reply) => liar.publish(reply, '{"error":{"title":"lie"}}')],
    ['malformed JSON', (reply) => liar.publish(reply, '{"ok":{"text":')],
    ['nothing', (reply) => liar.publish(reply, '')],
    ['null', (reply) => liar.publish(reply, 'null')],
    ['bytes that are no UTF-8', (reply) => liar.publish(reply, Buffer.from([0xc0, 0xaf, 0xff]))],
    ['300 KB of noise', (reply) => liar.publish(reply, 'x'.repeat(300_000))],
    [
      '10,000 answers',
      (reply) => void Array.from({ length: 10_000 }, () => liar.publish(neighbour(reply), '{"ok":{}}')),
    ],
    [
      'headers that cannot be read',
      (reply) =>
        liar.publish(reply, '', {
          headers: { encode: () => new TextEncoder().encode('NATS/1.0\r\nb\u0000d: 1\r\n\r\n') } as never,
        }),
    ],
  ];

  test.each(cases)('BUS4: %s never settles the call and never harms the caller', async (_name, lie) => {
    const sub = liar.subscribe(`cmd.*.${Echo.name}`, { queue: 'licensing', callback: (_e, m) => lie(m.reply!) });
    await liar.flush();
    const refusal = await refusalOf(gateway.bus.send(Echo, { text: 'truth' }, { timeoutMs: 400 }));
    expect(refusal.code).toBe('unavailable');
    sub.unsubscribe();
    const honest = liar.subscribe(`cmd.*.${Echo.name}`, {
      queue: 'licensing',
      callback: (_e, m) => {
        lie(m.reply!);
        m.respond('{"ok":{"text":"truth"}}');
      },
    });
    await liar.flush();
    await expect(gateway.bus.send(Echo, { text: 'truth' }, { timeoutMs: 20_000 })).resolves.toEqual({ text: 'truth' });
    honest.unsubscribe();
    await liar.flush();
  });

  test('BUS4: a second answer to the same question is dropped', async () => {
    const sub = liar.subscribe(`cmd.*.${Echo.name}`, {
      queue: 'licensing',
      callback: (_e, m) => {
        m.respond('{"ok":{"text":"first"}}');
        m.respond('{"ok":{"text":"second"}}');
      },
    });
    await liar.flush();
    await expect(gateway.bus.send(Echo, { text: 'x' })).resolves.toEqual({ text: 'first' });
    sub.unsubscribe();
  });
});
