import { Injectable } from '@nestjs/common';
import { DeviceSightings } from '#access-tokens';
import { Metrics } from '#boot';
import type { Connection } from './connection.js';
import { ConnectionLimit } from './connection-limit.service.js';

/** Every open connection of this replica. */
@Injectable()
export class Connections {
  private readonly open = new Set<Connection>();
  private readonly counts = new Map<string, number>();
  private readonly newcomers: ((userId: string) => void)[] = [];
  private readonly opened;
  private readonly closed;

  constructor(
    private readonly sightings: DeviceSightings,
    private readonly limit: ConnectionLimit,
    metrics: Metrics,
  ) {
    this.closed = metrics.counter('gatehouse_realtime_closes_total', 'Closed connections by close code.', ['code']);
    this.opened = metrics.counter('gatehouse_realtime_connects_total', 'Opened connections by kind.', ['kind']);
    metrics.gauge('gatehouse_realtime_queue_bytes', 'Bytes that wait for clients.', [], (g) => g.set(this.waiting()));
    metrics.gauge('gatehouse_realtime_connections', 'Open connections.', [], (g) => g.set(this.count));
  }

  get count(): number {
    return this.open.size;
  }

  /** Calls `fn` for each person who connects with a client of their own. */
  onArrival(fn: (userId: string) => void): void {
    this.newcomers.push(fn);
  }

  add(connection: Connection): void {
    const { userId, deviceId, agent } = connection.owner;
    this.open.add(connection);
    this.opened.inc({ kind: connection.kind });
    const count = (this.counts.get(userId) ?? 0) + 1;
    this.counts.set(userId, count);
    this.sightings.note({ device_id: deviceId });
    if (!agent) for (const tell of this.newcomers) tell(userId);
    void this.limit.check(connection, count);
  }

  remove(connection: Connection, code: number): void {
    if (!this.open.delete(connection)) return;
    this.closed.inc({ code: String(code) });
    const { userId } = connection.owner;
    const count = this.counts.get(userId)! - 1;
    if (count) this.counts.set(userId, count);
    else this.counts.delete(userId);
  }

  /** Notes the devices that are still connected. */
  noteDevices(): void {
    for (const { owner } of this.open) this.sightings.note({ device_id: owner.deviceId });
  }

  all(): Iterable<Connection> {
    return this.open;
  }

  private waiting(): number {
    let bytes = 0;
    for (const { outbox } of this.open) bytes += outbox.waiting;
    return bytes;
  }

  /** Connections of one person here. */
  of(userId: string): Connection[] {
    return [...this.open].filter((c) => c.owner.userId === userId);
  }
}
