import { Injectable } from '@nestjs/common';
import { DeviceSightings } from '#access-tokens';
import { Metrics } from '#boot';
import type { Connection } from './connection.js';

/** Every open connection of this replica. */
@Injectable()
export class Connections {
  private readonly open = new Set<Connection>();
  private readonly closed;

  constructor(
    private readonly sightings: DeviceSightings,
    metrics: Metrics,
  ) {
    this.closed = metrics.counter('gatehouse_realtime_closes_total', 'Closed connections by close code.', ['code']);
    metrics.gauge('gatehouse_realtime_connections', 'Open connections.', [], (g) => g.set(this.count));
  }

  get count(): number {
    return this.open.size;
  }

  add(connection: Connection): void {
    this.open.add(connection);
    this.sightings.note({ device_id: connection.owner.deviceId });
  }

  remove(connection: Connection, code: number): void {
    if (this.open.delete(connection)) this.closed.inc({ code: String(code) });
  }

  /** Notes the devices that are still connected. */
  noteDevices(): void {
    for (const { owner } of this.open) this.sightings.note({ device_id: owner.deviceId });
  }

  all(): Iterable<Connection> {
    return this.open;
  }

  /** Connections of one person here. */
  of(userId: string): Connection[] {
    return [...this.open].filter((c) => c.owner.userId === userId);
  }
}
