import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { DueEntitlementsService } from '../entitlements/due-entitlements.service.js';
import { IdempotencyRepository } from '../licenses/idempotency.repository.js';
import { LicensingConfig } from '../licensing.config.js';

const FORGET_EVERY_MS = 600_000;

/** Does what no request asks for. Every replica sweeps; whatever two of them meet at is done once. */
@Injectable()
export class SweepsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopped = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly due: DueEntitlementsService,
    private readonly idempotency: IdempotencyRepository,
    private readonly config: LicensingConfig,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.register('consumers', 'licensing sweeps', () => this.stop());
    let begun = false;
    this.every(this.config.entitlementSweepMs, 'entitlements', async () => {
      if (!begun) await this.due.begin();
      begun = true;
      await this.due.sweep();
    });
    this.every(FORGET_EVERY_MS, 'idempotency keys', () => this.idempotency.forgetExpired());
  }

  onApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.running);
  }

  /** One run after the other, with the pause between them. */
  private every(pauseMs: number, what: string, work: () => Promise<void>): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const run = this.attempt(what, work).finally(() => {
        this.running.delete(run);
        this.every(pauseMs, what, work);
      });
      this.running.add(run);
    }, pauseMs).unref();
    this.timers.add(timer);
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn(`the sweep of ${what} failed and is tried again`, { error });
    }
  }
}
