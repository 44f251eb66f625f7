import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { DueEntitlementsService } from '../entitlements/due-entitlements.service.js';
import { IdempotencyRepository } from '../licenses/idempotency.repository.js';
import { LicensingConfig } from '../licensing.config.js';

const FORGET_EVERY_MS = 600_000;
/** How often it is looked for what other plans have decided, and how many times: replicas of before are gone by then. */
const LOOK_EVERY_MS = 30_000;
const MOST_LOOKS = 20;

/** Does what no request asks for. Every replica sweeps; whatever two of them meet at is done once. */
@Injectable()
export class SweepsService implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopped = false;
  private looks = 0;
  private nextLook = 0;
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
    this.every(this.config.entitlementSweepMs, 'entitlements', async () => {
      await this.attempt('plans', () => this.lookForOtherPlans());
      await this.due.sweep();
    });
    this.every(FORGET_EVERY_MS, 'idempotency keys', () => this.idempotency.forgetExpired());
  }

  /** A look that fails is not one of them. */
  private async lookForOtherPlans(): Promise<void> {
    const now = performance.now();
    if (this.looks >= MOST_LOOKS || now < this.nextLook) return;
    await this.due.begin();
    this.looks++;
    this.nextLook = now + LOOK_EVERY_MS;
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
