import { Injectable } from '@nestjs/common';
import { Shutdown } from '#boot';
import { RealtimeConfig } from '../realtime.config.js';
import { CLOSE } from './connection.js';
import { Connections } from './connections.js';

/** Empties this replica when it stops: no more upgrades, then the open sockets one after the other. */
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

  /** Closes in even steps, so that clients do not all come back to the next replica at once (RT30). */
  private async closeAll(): Promise<void> {
    const open = [...this.connections.all()];
    const pause = this.config.drainSpreadMs / Math.max(open.length, 1);
    for (const connection of open) {
      connection.close(CLOSE.restarting, 'restarting');
      if (pause >= 1) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
