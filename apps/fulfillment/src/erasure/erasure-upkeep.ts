import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';
import { ErasureService } from './erasure.service.js';

const EVERY_MS = 600_000;

/** Stores go on telling of orders whose buyer is erased, with the buyer's name; it does not stay here. */
@Injectable()
export class ErasureUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly tx: Transactions,
    private readonly erasure: ErasureService,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MS * (0.8 + Math.random() * 0.4)).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    await this.tx
      .run(() => this.erasure.anonymizePings(null))
      .catch((error: unknown) => this.log.warn('pings of erased orders wait for the next round', { error }));
  }
}
