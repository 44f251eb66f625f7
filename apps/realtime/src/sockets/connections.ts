import { Injectable } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { Log, Metrics } from '#boot';
import { Bus } from '#bus';
import { AUDIENCE_HEADER } from '../frames/frames.service.js';
import type { Connection } from './connection.js';

interface Person {
  connections: Set<Connection>;
  subscription: Subscription;
}

/** Every open connection of this replica, with one bus subscription for each person who has any. */
@Injectable()
export class Connections {
  private readonly people = new Map<string, Person>();
  private everyone?: Subscription;
  private readonly delivered;
  private readonly closed;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.delivered = metrics.counter('gatehouse_realtime_deliveries_total', 'Frames written to sockets.');
    this.closed = metrics.counter('gatehouse_realtime_closes_total', 'Closed sockets by close code.', ['code']);
    metrics.gauge('gatehouse_realtime_connections', 'Open sockets.', [], (g) => g.set(this.count));
  }

  get count(): number {
    let n = 0;
    for (const person of this.people.values()) n += person.connections.size;
    return n;
  }

  /** Takes a connection in; returns once the broker knows of the subscription, so that nothing is missed after. */
  async add(connection: Connection): Promise<void> {
    const { userId } = connection.owner;
    this.everyone ??= this.subscribe('rtl.all', () => this.all());
    const person = this.people.get(userId) ?? this.open(userId);
    person.connections.add(connection);
    connection.onClose((code) => this.remove(connection, code));
    await this.bus.connection.flush();
  }

  *all(): Iterable<Connection> {
    for (const person of this.people.values()) yield* person.connections;
  }

  private open(userId: string): Person {
    const connections = new Set<Connection>();
    const person = { connections, subscription: this.subscribe(`rtl.user.${userId}`, () => connections) };
    this.people.set(userId, person);
    return person;
  }

  private remove(connection: Connection, code: number): void {
    const { userId } = connection.owner;
    const person = this.people.get(userId);
    person?.connections.delete(connection);
    if (person?.connections.size === 0) {
      person.subscription.unsubscribe();
      this.people.delete(userId);
    }
    this.closed.inc({ code: String(code) });
  }

  private subscribe(subject: string, receivers: () => Iterable<Connection>): Subscription {
    return this.bus.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return this.log.error('a subscription failed', { error });
        const agentsOnly = message.headers?.get(AUDIENCE_HEADER) === 'agents';
        const text = message.string();
        for (const connection of receivers()) {
          if (agentsOnly && !connection.owner.agent) continue;
          connection.send(text);
          this.delivered.inc();
        }
      },
    });
  }
}
