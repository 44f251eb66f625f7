import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';
import { IdentityConfig } from '../identity.config.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { pruneMac } from './audit-chain.rules.js';
import { AuditLogRepository } from './audit-log.repository.js';

const EVERY_MS = 3_600_000;
const BATCH = 5_000;

/**
 * Lets go of entries that are older than they have to be kept. Their seals stay, and a note with a code says how far
 * entries may be missing: so the rest can still be verified, and nobody else can let go of anything unnoticed.
 */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: IdentityConfig,
    private readonly tx: Transactions,
    private readonly stored: AuditLogRepository,
    private readonly keys: MacKeys,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS * (0.8 + Math.random() * 0.4)).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns how many entries went */
  async sweep(): Promise<number> {
    try {
      return await this.prune(this.config.auditRetentionDays);
    } catch (error) {
      this.log.warn('old entries of the audit log stay for now', { error });
      return 0;
    }
  }

  private async prune(days: number): Promise<number> {
    const through = await this.stored.prunableThrough(days);
    if (through === undefined) return 0;
    await this.stored.addPrune(through, pruneMac(this.keys.audit, through));
    for (let gone = 0; ;) {
      const count = await this.tx.outside(() => this.stored.prune(through, BATCH));
      gone += count;
      if (count < BATCH) return gone;
    }
  }
}
