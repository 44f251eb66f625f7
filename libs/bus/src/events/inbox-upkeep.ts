import { Injectable, Optional, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { InboxRepository } from '#persistence';
import { EVENTS_MAX_AGE_MS } from '../broker/streams.js';

const HOUR_MS = 3_600_000;

/** Forgets inbox rows of events that the stream cannot deliver again. */
@Injectable()
export class InboxUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly log: Log,
    @Optional() private readonly inbox?: InboxRepository,
  ) {}

  onApplicationBootstrap(): void {
    if (this.inbox) this.timer = setInterval(() => void this.prune(this.inbox!), HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async prune(inbox: InboxRepository): Promise<void> {
    try {
      await inbox.forget(new Date(Date.now() - 2 * EVENTS_MAX_AGE_MS));
    } catch (error) {
      this.log.warn('old inbox rows could not be removed', { error });
    }
  }
}
