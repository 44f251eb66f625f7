import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#boot';
import { Keyring } from '../keys/keyring.service.js';
import { StreamKeysRepository } from '../streams/stream-keys.repository.js';
import { DataKeyRotation } from './data-key-rotation.service.js';
import { KekRotation } from './kek-rotation.service.js';

const PERIOD_MS = 5_000;

/** Goes on with rotations, and lets go of what has come to its end. */
@Injectable()
export class RotationUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private turn?: Promise<void>;

  constructor(
    private readonly keyring: Keyring,
    private readonly kek: KekRotation,
    private readonly dataKeys: DataKeyRotation,
    private readonly streamKeys: StreamKeysRepository,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), PERIOD_MS).unref();
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.turn;
  }

  private look(): void {
    if (this.turn || this.keyring.sealedBecause !== undefined) return;
    this.turn = this.once()
      .catch((error: unknown) => this.log.warn('rotations could not be gone on with', { error }))
      .finally(() => (this.turn = undefined));
  }

  private async once(): Promise<void> {
    await this.kek.work();
    await this.dataKeys.retireOld();
    await this.streamKeys.deleteEnded();
  }
}
