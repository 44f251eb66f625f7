import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { RateLimited } from '#contracts';
import { IdentityConfig } from '../identity.config.js';
import { FailedSignInsRepository } from './failed-sign-ins.repository.js';

const SHARE_MS = 1_000;
const MINUTE_MS = 60_000;
const minuteAt = (time: number): number => Math.floor(time / MINUTE_MS);

/**
 * A budget of failed sign-ins for all accounts together, against somebody who tries one password on many (R-BF2). It is
 * shared by the replicas once a second and outlives them. When it is spent, sign-ins wait for the next minute, but for
 * those from known devices; whether there is such an account makes no difference.
 */
@Injectable()
export class FailureBudget implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private minute = 0;
  private shared = 0;
  private own = 0;
  private timer?: NodeJS.Timeout;
  private sharing?: Promise<void>;

  constructor(
    private readonly config: IdentityConfig,
    private readonly failures: FailedSignInsRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.share(), SHARE_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sharing;
    if (this.own) await this.share();
  }

  /** Counts a failure. */
  note(): void {
    this.own++;
  }

  /** @throws Refusal `rate_limited` when the budget of this minute is spent */
  assertLeft(): void {
    const now = Date.now();
    const shared = minuteAt(now) === this.minute ? this.shared : 0;
    if (shared + this.own < this.config.signInFailuresPerMinute) return;
    const retry_after = Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1_000);
    throw RateLimited.with({
      detail: `Too many sign-ins fail at the moment; come back in ${retry_after} s.`,
      retry_after,
    });
  }

  /** Tells the others what was counted here, and hears what they have counted; calls while one is under way share it. */
  share(): Promise<void> {
    this.sharing ??= this.shareOnce().finally(() => (this.sharing = undefined));
    return this.sharing;
  }

  private async shareOnce(): Promise<void> {
    const counted = this.own;
    // Of the minute in which was asked: an answer that comes in the next one says nothing about that.
    const minute = minuteAt(Date.now());
    try {
      const shared = await this.failures.add(counted);
      this.own -= counted;
      this.minute = minute;
      this.shared = shared;
    } catch (error) {
      this.log.warn('failed sign-ins are counted here alone for now', { error });
    }
  }
}
