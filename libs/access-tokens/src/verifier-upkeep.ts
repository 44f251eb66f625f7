import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Health } from '#boot';
import { Bus } from '#bus';
import { ClientPolicyCache } from './client-policies.js';
import { KeyCache } from './key-cache.js';
import { RevocationList } from './revocation-list.js';

const RETRY_MS = 500;
const PRUNE_MS = 60_000;

/** Fills what a verifier knows at start and again after every outage; until it is full the app is not ready. */
@Injectable()
export class VerifierUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private loaded = false;
  private stopped = false;
  private prune?: NodeJS.Timeout;

  constructor(
    private readonly bus: Bus,
    private readonly sources: KeyCache,
    private readonly clients: ClientPolicyCache,
    private readonly revocations: RevocationList,
    private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('verifier', () => {
      if (!this.loaded) throw new Error('keys, client policies and revocations are not loaded yet');
    });
    this.bus.onLost(() => this.revocations.doubt());
    this.bus.onReconnect(() => void this.fill());
    this.prune = setInterval(() => this.revocations.forgetExpired(), PRUNE_MS).unref();
    void this.fill();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.sources.stop();
    this.clients.stop();
    clearInterval(this.prune);
  }

  private async fill(): Promise<void> {
    while (!this.stopped) {
      try {
        await Promise.all([this.sources.reload(), this.clients.reload(), this.revocations.reload()]);
        this.loaded = true;
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }
}
