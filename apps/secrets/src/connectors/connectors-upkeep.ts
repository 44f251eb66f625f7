import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Keyring } from '../keys/keyring.service.js';
import { Revocations } from './revocations.service.js';
import { TokenRefresh } from './token-refresh.service.js';

const PERIOD_MS = 5_000;

/** Looks every few seconds for tokens to be refreshed and to be revoked; replicas share the work. */
@Injectable()
export class ConnectorsUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();
  private busy = false;

  constructor(
    private readonly keyring: Keyring,
    private readonly refresh: TokenRefresh,
    private readonly revocations: Revocations,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), PERIOD_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.turn;
  }

  private look(): void {
    if (this.busy || this.keyring.sealedBecause !== undefined) return;
    this.busy = true;
    this.turn = this.once()
      .catch((error: unknown) => this.log.warn('connected channels could not be looked after', { error }))
      .finally(() => (this.busy = false));
  }

  private async once(): Promise<void> {
    while ((await this.refresh.work()) + (await this.revocations.work()) > 0);
  }
}
