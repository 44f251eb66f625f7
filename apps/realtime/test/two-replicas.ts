import { randomUUID } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Broadcast, type BroadcastRequest, type ProducerAnswer } from '#contracts';
import { hasConsumed } from '../../../test/support/consumed.js';
import { eventually, testBroker, type TestBroker } from '../../../test/support/index.js';
import type { Client } from './client.js';
import { gatewayBus, producersApp } from './producers-app.js';
import { Producers } from './producing.js';
import { Replica } from './replica.js';

/** Realtime with two replicas of either half, what takes events and what has the sockets, and the gateway before it. */
export class TwoReplicas {
  private operating?: NatsConnection;

  private constructor(
    readonly broker: TestBroker,
    readonly gateway: Awaited<ReturnType<typeof gatewayBus>>,
    readonly producers: Producers,
    private readonly apps: INestMicroservice[],
    private readonly sockets: Replica[],
  ) {}

  static async start(): Promise<TwoReplicas> {
    const broker = await testBroker();
    const apps = [await producersApp(broker), await producersApp(broker)];
    const sockets = [await Replica.start(broker), await Replica.start(broker)];
    return new TwoReplicas(broker, await gatewayBus(broker), new Producers(broker), apps, sockets);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sockets.map((s) => s.stop()), this.producers.close(), this.operating?.close()]);
    await this.gateway.close();
    await Promise.all(this.apps.map((app) => app.close()));
    await this.broker.stop();
  }

  browser(user: string, at = 0): Promise<Client> {
    return this.sockets[at]!.open(`${user}:${randomUUID()}`);
  }

  agent(user: string, at = 0): Promise<Client> {
    return this.sockets[at]!.open(`${user}:${randomUUID()}`, { query: { as: 'agent' } });
  }

  device(user: string, at = 0): Promise<Client> {
    return this.sockets[at]!.open(`${user}:device-${randomUUID()}`);
  }

  /** @param caller the producer that says it over HTTP */
  broadcast(more: Partial<BroadcastRequest> = {}, caller?: string): Promise<ProducerAnswer> {
    const as = caller === undefined ? {} : { actor: { kind: 'caller' as const, caller, scopes: [] } };
    return this.gateway.bus.send(Broadcast, { type: 'notification', data: { title: 'x' }, ...more }, as);
  }

  /** The streams, as the migration step sees them. */
  async operator(): Promise<JetStreamManager> {
    this.operating ??= await connect(this.broker.connectionOptions('operator'));
    return jetstreamManager(this.operating, { checkAPI: false });
  }

  /** Resolves when what is on the bus has had its effect. */
  async taken(): Promise<void> {
    const jsm = await this.operator();
    await eventually('the end of all events', 30_000, async () => (await hasConsumed(jsm, 'realtime')) || undefined);
  }

  /** A frame that comes last: once it is here, whatever was to come before it has come. */
  async mark(user: string, ...clients: Client[]): Promise<string> {
    const { id } = await this.broadcast({ user_id: user, type: 'mark' });
    await Promise.all(clients.map((c) => c.has(id)));
    return id;
  }
}
