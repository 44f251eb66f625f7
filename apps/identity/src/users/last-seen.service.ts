import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { UsersRepository } from './users.repository.js';

const FLUSH_MS = 2_000;
/** People per statement; who does not fit is noted with the next request. */
const BATCH = 5_000;

/** Notes who was seen: many at once and beside the requests, which would otherwise write with every read. */
@Injectable()
export class LastSeen implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private seen = new Set<string>();
  private timer?: NodeJS.Timeout;
  private writing = Promise.resolve();

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

  /** Notes a person who was not seen lately according to the database. */
  note(userId: string): void {
    if (this.seen.size < BATCH) this.seen.add(userId);
  }

  /** Writes what was noted until now; over when what was noted before is written, too. */
  flush(): Promise<void> {
    return (this.writing = this.writing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    if (this.seen.size === 0) return;
    const ids = [...this.seen];
    this.seen = new Set();
    await this.users.touch(ids).catch((error: unknown) => {
      this.log.warn('last-seen times were not written', { error, people: ids.length });
    });
  }
}
