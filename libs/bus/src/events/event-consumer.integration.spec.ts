import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { EVENTS_STREAM, Listens } from '#bus';
import { eventSubject, IdempotencyKeyReused, NotFound } from '#contracts';
import { relayed } from '../../../../test/support/relay.js';
import { appOnBus, eventually, untilReady, type AppOnBus } from '../../test/app-on-bus.js';
import { ownBroker, type OwnBroker } from '../../test/own-broker.js';
import { ThingDone, type ThingDoneData } from '../../test/probes.js';

const refusals: Record<string, () => Error> = {
  reused: () => IdempotencyKeyReused.with(),
  early: () => NotFound.with(),
};

@Injectable()
class Listener {
  static heard: string[] = [];

  @Listens(ThingDone)
  async done({ thing, number }: ThingDoneData): Promise<void> {
    Listener.heard.push(`${thing} ${number}`);
    const refusal = refusals[thing];
    // What is early finds at its third try what it needs.
    if (refusal && Listener.heard.filter((h) => h === `${thing} ${number}`).length < 3) throw refusal();
  }
}

/** The client library's own; every message to the broker goes by here. */
interface Protocol {
  publish(subject: string, payload?: unknown, options?: unknown): void;
  unsub(subscription: unknown): void;
}

/** The connections to the broker, of which a test holds back what the broker says. */
class Line {
  private readonly pairs = new Set<{ near: Socket; far: Socket }>();

  join(near: Socket, far: Socket): void {
    const pair = { near, far };
    this.pairs.add(pair);
    far.on('error', () => near.destroy()).on('close', () => near.destroy() && this.pairs.delete(pair));
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  }

  holdBack(): void {
    for (const { near, far } of this.pairs) far.unpipe(near);
  }

  handOn(): void {
    for (const { near, far } of this.pairs) far.pipe(near);
  }

  cut(): void {
    for (const { far } of this.pairs) far.destroy();
  }
}

describe('taking events', () => {
  const line = new Line();
  let broker: OwnBroker;
  let url: string;
  let app: AppOnBus;
  let producer: NatsConnection;
  let operator: NatsConnection;
  let jsm: JetStreamManager;

  const tell = async (thing: string, number: number): Promise<void> => {
    producer.publish(eventSubject(ThingDone), JSON.stringify({ thing, number }));
    await producer.flush();
  };
  const pending = async () => (await jsm.consumers.info(EVENTS_STREAM, 'realtime')).num_ack_pending;
  const protocolOf = (of: AppOnBus): Protocol => (of.bus.connection as unknown as { protocol: Protocol }).protocol;

  beforeAll(async () => {
    broker = await ownBroker();
    url = await relayed(broker.url, (near, dial) => line.join(near, dial()));
    [producer, operator] = await Promise.all([
      connect(broker.connectionOptions('licensing')),
      connect(broker.connectionOptions('operator')),
    ]);
    jsm = await jetstreamManager(operator, { checkAPI: false });
  });
  afterAll(async () => {
    await Promise.all([producer?.close(), operator?.close()]);
    await broker?.stop();
  });
  beforeEach(async () => {
    Listener.heard = [];
    app = await appOnBus('realtime', { url, seedFile: broker.seedFile('realtime'), providers: [Listener] });
    await untilReady(app);
  });
  afterEach(async () => {
    await app.close();
  });

  test('an event that is on its way while the app stops is handled by it, and not left for the acknowledgement to run out', async () => {
    line.holdBack();
    await tell('late', 1);
    await eventually(async () => expect(await pending()).toBe(1));
    const protocol = protocolOf(app);
    const unsub = protocol.unsub.bind(protocol);
    jest.spyOn(protocol, 'unsub').mockImplementationOnce((subscription) => {
      unsub(subscription);
      line.handOn();
    });
    await app.close();
    expect(Listener.heard).toEqual(['late 1']);
    await eventually(async () => expect(await pending()).toBe(0));
  });

  test('after a lost connection events are taken as soon as the broker tells of the consumer', async () => {
    const protocol = protocolOf(app);
    const publish = protocol.publish.bind(protocol);
    let refused = 0;
    const wire = jest.spyOn(protocol, 'publish').mockImplementation((subject, payload, options) => {
      if (subject.startsWith('$JS.API.CONSUMER.INFO.') && refused++ < 4) throw new Error('JetStream is not there yet');
      publish(subject, payload, options);
    });
    line.cut();
    await eventually(() => expect(refused).toBeGreaterThan(0));
    await tell('after', 1);
    // Asking once in the library's half minute, it would be a whole one.
    await eventually(() => expect(Listener.heard).toEqual(['after 1']), 40_000);
    expect(refused).toBeGreaterThan(4);
    wire.mockRestore();
  }, 60_000);

  test('REL3: what is refused for what it says is given up at once, and what may only be early is tried again', async () => {
    await tell('reused', 1);
    await tell('early', 2);
    await eventually(() => expect(Listener.heard.filter((h) => h === 'early 2')).toHaveLength(3), 30_000);
    const told = app.logged.filter((line) => String(line['msg']).includes('is given up'));
    expect(told).toEqual([expect.objectContaining({ event: ThingDone.name, tries: 1 })]);
    expect(Listener.heard.filter((h) => h === 'reused 1')).toHaveLength(1);
    await eventually(async () => expect(await pending()).toBe(0));
  }, 60_000);
});
