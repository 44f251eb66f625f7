import { Injectable } from '@nestjs/common';
import { Shutdown } from '#boot';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE, type Connection } from './connection.js';
import { Connections } from './connections.js';

/** Few connections need no long goodbye. */
const PER_CONNECTION_MS = 10;
/** Who can go by themselves has this long, and of it this much to open another connection where many come at once. */
const TO_GO_MS = 4_000;
const TO_OPEN_MS = 2_000;
const PARTING_MS = 2_500;
const LOOK_MS = 50;

/** Empties this replica when it stops: no more upgrades, then the open connections one after the other. */
@Injectable()
export class SocketsDrain {
  private stopping = false;
  private readonly emptied: (() => Promise<void>)[] = [];

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

  /** Has `fn` done once nobody is connected here any more, while there still is a bus. */
  onEmpty(fn: () => Promise<void>): void {
    this.emptied.push(fn);
  }

  /**
   * Everybody is closed in even steps, so that they do not all come back at once (RT30). Those that can are asked to go
   * by themselves before that, to another replica before they leave this one. Events reach each until it is closed.
   */
  private async closeAll(): Promise<void> {
    const start = Date.now();
    for (const { connection, at } of this.timetable()) {
      while (this.connections.count && Date.now() < start + at) await sleep(Math.min(start + at - Date.now(), LOOK_MS));
      connection.close(CLOSE.restarting, 'restarting');
    }
    for (const until = Date.now() + PARTING_MS; this.connections.count && Date.now() < until;) await sleep(20);
    await Promise.all(this.emptied.map((act) => act()));
  }

  /** When each is closed, in ms from now; who was told to go has time to, even if they are few. */
  private timetable(): Closing[] {
    const open = [...this.connections.all()];
    // The drain as a whole has an end, and closing is not all of it.
    const limit = Math.min(this.config.drainSpreadMs, longest(this.config.drainSeconds * 1_000));
    const within = Math.min(limit, open.length * PER_CONNECTION_MS);
    const end = Math.max(within, Math.min(limit, TO_GO_MS));
    const told = evenly(
      open.filter(({ outbox }) => outbox.told),
      end - within,
      end,
    );
    for (const { connection, at } of told) {
      connection.outbox.say({ type: 'reconnect', data: { within_ms: Math.floor(Math.max(at - TO_OPEN_MS, at / 2)) } });
    }
    const others = evenly(
      open.filter(({ outbox }) => !outbox.told),
      0,
      within,
    );
    return [...others, ...told].sort((a, b) => a.at - b.at);
  }
}

interface Closing {
  connection: Connection;
  at: number;
}

const evenly = (connections: Connection[], from: number, to: number): Closing[] =>
  connections.map((connection, i) => ({ connection, at: from + ((i + 1) * (to - from)) / connections.length }));

/** All but five seconds of the drain, or half of a short one. */
const longest = (drainMs: number): number => Math.max(drainMs - 5_000, drainMs / 2);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
