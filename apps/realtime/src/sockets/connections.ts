import { Injectable } from '@nestjs/common';
import { DeviceSightings } from '#access-tokens';
import { Metrics } from '#boot';
import { CLOSE, type Connection } from './connection.js';
import { ConnectionLimit } from './connection-limit.service.js';

/** Every open connection of this replica. */
@Injectable()
export class Connections {
  private readonly open = new Set<Connection>();
  private readonly counts = new Map<string, number>();
  /** How many of a person's connections are their own clients'; an agent that runs is not its person being there. */
  private readonly own = new Map<string, number>();
  private readonly newcomers: ((userId: string) => void)[] = [];
  private readonly leavers: ((userId: string, code: number) => void)[] = [];
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

  /** Calls `fn` for each person whose last client of their own has gone from here, with the close code. */
  onDeparture(fn: (userId: string, code: number) => void): void {
    this.leavers.push(fn);
  }

  /** People with a client of their own here. */
  people(): Iterable<string> {
    return this.own.keys();
  }

  /** Whether a client of the person's own is connected here. */
  isHere(userId: string): boolean {
    return this.own.has(userId);
  }

  add(connection: Connection): void {
    const { userId, deviceId, agent } = connection.owner;
    this.open.add(connection);
    this.opened.inc({ kind: connection.kind });
    const count = change(this.counts, userId, 1);
    this.sightings.note({ device_id: deviceId });
    if (!agent) {
      change(this.own, userId, 1);
      for (const tell of this.newcomers) tell(userId);
    }
    void this.limit.check(connection, count);
  }

  remove(connection: Connection, code: number): void {
    if (!this.open.delete(connection)) return;
    this.closed.inc({ code: labelOf(code) });
    const { userId, agent } = connection.owner;
    change(this.counts, userId, -1);
    if (!agent && change(this.own, userId, -1) === 0) for (const tell of this.leavers) tell(userId, code);
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

const OURS = new Set<number>(Object.values(CLOSE));

/** Of their own accord clients may close with each code from 3000 on; every one would be a series for ever (RT36). */
const labelOf = (code: number): string => (code < 3_000 || OURS.has(code) ? String(code) : 'other');

/** @returns the new count; nothing is kept of who has none */
function change(counts: Map<string, number>, userId: string, by: 1 | -1): number {
  const count = (counts.get(userId) ?? 0) + by;
  if (count) counts.set(userId, count);
  else counts.delete(userId);
  return count;
}
