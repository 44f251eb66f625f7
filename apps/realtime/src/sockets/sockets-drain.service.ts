import { Injectable } from '@nestjs/common';
import { Shutdown } from '#boot';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE } from './connection.js';
import { Connections } from './connections.js';

/** Few connections need no long goodbye. */
const PER_CONNECTION_MS = 10;
const PARTING_MS = 2_500;

/** Empties this replica when it stops: no more upgrades, then the open connections one after the other. */
@Injectable()
export class SocketsDrain {
  private stopping = false;

  constructor(
    private readonly config: RealtimeConfig,
    private readonly connections: Connections,
    shutdown: Shutdown,
  ) {
    shutdown.register('intake', 'websocket upgrades', () => {
      this.stopping = true;
    });
    shutdown.register('http', 'websockets', () => this.closeAll());
  }

  /** Whether upgrades are refused from now on. */
  get begun(): boolean {
    return this.stopping;
  }

  /**
   * Those that can are asked to go by themselves, to another replica before they leave this one; the others are closed
   * in even steps, so that they do not all come back at once (RT30). Events reach each until it is closed.
   */
  private async closeAll(): Promise<void> {
    const open = [...this.connections.all()];
    // The drain as a whole has an end, and closing is not all of it.
    const limit = Math.min(this.config.drainSpreadMs, longest(this.config.drainSeconds * 1_000));
    const within_ms = Math.min(limit, open.length * PER_CONNECTION_MS);
    for (const { outbox } of open) outbox.say({ type: 'reconnect', data: { within_ms } });
    const start = Date.now();
    for (const [i, connection] of open.entries()) {
      const due = start + ((i + 1) * within_ms) / open.length;
      if (due > Date.now()) await sleep(due - Date.now());
      connection.close(CLOSE.restarting, 'restarting');
    }
    for (const until = Date.now() + PARTING_MS; this.connections.count && Date.now() < until;) await sleep(20);
  }
}

/** All but five seconds of the drain, or half of a short one. */
const longest = (drainMs: number): number => Math.max(drainMs - 5_000, drainMs / 2);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
