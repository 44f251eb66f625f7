import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import type { WebSocket } from 'ws';
import { DeviceSightings } from '#access-tokens';
import { Log, Metrics } from '#boot';
import { Bus } from '#bus';
import { AUDIENCE_HEADER } from '../frames/frames.service.js';
import { RealtimeConfig } from '../realtime.config.js';
import { Connection, type ConnectionOwner } from './connection.js';

interface Person {
  connections: Set<Connection>;
  subscription: Subscription;
  /** Sockets of the person, those still shaking hands among them. */
  sockets: number;
}

/** Every open connection of this replica, with one bus subscription for each person who has any. */
@Injectable()
export class Connections {
  private readonly people = new Map<string, Person>();
  private everyone?: Subscription;
  private readonly delivered;
  private readonly closed;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly bus: Bus,
    private readonly log: Log,
    private readonly sightings: DeviceSightings,
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

  /**
   * Listens for a person's frames for as long as `socket` is open. It resolves once the broker knows, so that a client
   * whose handshake ends after that misses nothing.
   */
  async listen(userId: string, socket: Duplex): Promise<void> {
    this.everyone ??= this.subscribe('rtl.all', () => this.all());
    const person = this.people.get(userId) ?? this.meet(userId);
    person.sockets += 1;
    socket.once('close', () => this.leave(userId, person));
    await this.bus.connection.flush();
  }

  /** Takes an open socket in; its person is listened for already. */
  add(socket: WebSocket, owner: ConnectionOwner): Connection {
    const connection = new Connection(socket, owner, this.config.socketBufferBytes);
    const connections = this.people.get(owner.userId)?.connections;
    connections?.add(connection);
    this.sightings.note({ device_id: owner.deviceId });
    connection.onClose((code) => {
      connections?.delete(connection);
      this.closed.inc({ code: String(code) });
    });
    return connection;
  }

  /** Notes the devices that are still connected. */
  noteDevices(): void {
    for (const { owner } of this.all()) this.sightings.note({ device_id: owner.deviceId });
  }

  *all(): Iterable<Connection> {
    for (const person of this.people.values()) yield* person.connections;
  }

  private meet(userId: string): Person {
    const connections = new Set<Connection>();
    const subscription = this.subscribe(`rtl.user.${userId}`, () => connections);
    const person = { connections, subscription, sockets: 0 };
    this.people.set(userId, person);
    return person;
  }

  private leave(userId: string, person: Person): void {
    person.sockets -= 1;
    if (person.sockets > 0) return;
    person.subscription.unsubscribe();
    this.people.delete(userId);
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
