import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '#bus';
import { RealtimeConfig } from '../realtime.config.js';
import { hearReplicas } from './between-replicas.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { excessOf } from './load.rules.js';
import { SocketsDrain } from './sockets-drain.service.js';

/** Every replica hears here how many connections each of the others has. */
const SUBJECT = 'rtl.load';
/** Reports that may be missing before a replica counts as gone. */
const MISSED = 3;

interface Load {
  replica: string;
  connections: number;
}

/**
 * Evens out the connections of the replicas. They stay where they are for hours, so one that starts has none and those
 * that were there when others stopped have all: whoever has more than its share asks some to come back elsewhere.
 */
@Injectable()
export class LoadSharing implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly replica = randomUUID();
  /** With the moment of the report, by a clock that nobody sets. */
  private readonly others = new Map<string, { connections: number; at: number }>();
  /** Whoever was asked and stays is not asked again. */
  private readonly asked = new WeakSet<Connection>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly connections: Connections,
    private readonly drain: SocketsDrain,
    private readonly bus: Bus,
  ) {}

  onApplicationBootstrap(): void {
    hearReplicas<Load>(this.bus, SUBJECT, (load) => this.hear(load));
    this.timer = setInterval(() => this.share(), this.config.loadSharingSeconds * 1_000).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Tells how many are here, and asks as many as are too many to go elsewhere, before they leave. */
  share(): void {
    if (this.drain.begun) return;
    this.tell();
    let excess = excessOf(this.connections.count, this.loads());
    const data = { within_ms: this.config.loadSharingSeconds * 500 };
    for (const connection of this.connections.all()) {
      if (excess <= 0) return;
      if (!connection.outbox.told || this.asked.has(connection)) continue;
      this.asked.add(connection);
      connection.outbox.say({ type: 'reconnect', data });
      excess -= 1;
    }
  }

  private tell(): void {
    const load: Load = { replica: this.replica, connections: this.connections.count };
    try {
      this.bus.connection.publish(SUBJECT, JSON.stringify(load));
    } catch {
      // The connection to the broker is not up; nobody's load is known then.
    }
  }

  private hear({ replica, connections }: Load): void {
    if (replica !== this.replica) this.others.set(replica, { connections, at: performance.now() });
  }

  private loads(): number[] {
    const since = performance.now() - MISSED * this.config.loadSharingSeconds * 1_000;
    for (const [replica, { at }] of this.others) if (at < since) this.others.delete(replica);
    return [...this.others.values()].map(({ connections }) => connections);
  }
}
