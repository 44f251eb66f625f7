import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Health, Log } from '#boot';
import { KEY_SLOTS } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { RotationService } from './rotation.service.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

const PERIOD_MS = 10_000;

/** Opens the keys at the start, and again until it works; keeps them as the database says they are. */
@Injectable()
export class KeyringUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly keyring: Keyring,
    private readonly keys: SigningKeysRepository,
    private readonly rotation: RotationService,
    private readonly log: Log,
    health: Health,
  ) {
    health.register('keys', () => {
      const reason = this.keyring.sealedBecause;
      if (reason !== undefined) throw new Error(`sealed: ${reason}`);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.keyring.unseal();
    this.timer = setInterval(() => this.look(), PERIOD_MS).unref();
    // Keys in waiting take seconds to make and nobody waits for them.
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.turn;
  }

  /** Resolves when what it is at now is done. */
  get settled(): Promise<void> {
    return this.turn;
  }

  private look(): void {
    this.turn = this.turn
      .then(() => this.once())
      .catch((error: unknown) => {
        this.log.warn('the keys could not be looked after; the next turn will', { error });
      });
  }

  private async once(): Promise<void> {
    await this.keyring.closeIfSealed();
    if (this.keyring.sealedBecause !== undefined && !(await this.keyring.unseal())) return;
    await this.keys.retireEnded();
    await this.keyring.reload();
    await this.keyring.prepareNext();
    for (const slot of KEY_SLOTS) await this.rotation.rotateOverdue(slot);
  }
}
