import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { UsersRepository } from './users.repository.js';

/** A person counts as seen now when seen within this time; presence asks for two minutes. */
const STALE_AFTER_SECONDS = 45;
const FLUSH_MS = 2_000;
/** People per statement; who does not fit is noted with the next request. */
const BATCH = 5_000;

/** Notes who was seen: many at once and beside the requests, which would otherwise write with every read. */
@Injectable()
export class LastSeen implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private seen = new Set<string>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly users: UsersRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Notes a person who was last seen at `lastSeenAt` according to the database. */
  note(userId: string, lastSeenAt: Date | null): void {
    const stale = !lastSeenAt || lastSeenAt.getTime() < Date.now() - STALE_AFTER_SECONDS * 1_000;
    if (stale && this.seen.size < BATCH) this.seen.add(userId);
  }

  /** Writes what was noted since the last time. */
  async flush(): Promise<void> {
    if (this.seen.size === 0) return;
    const ids = [...this.seen];
    this.seen = new Set();
    await this.users.touch(ids, STALE_AFTER_SECONDS).catch((error: unknown) => {
      this.log.warn('last-seen times were not written', { error, people: ids.length });
    });
  }
}
