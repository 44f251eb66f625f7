import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Health, Log } from '#boot';
import { AuditBacklog } from '../audit/audit-backlog.service.js';
import { KEY_SLOTS } from './key-profile.rules.js';
import { Keyring } from './keyring.service.js';
import { RotationService } from './rotation.service.js';

const PERIOD_MS = 10_000;
/** After a turn that failed, or while sealed; longer each time. What was in the way is often gone in a moment. */
const SOON_MS = 1_000;

/** Opens the keys at the start, and again until it works; keeps them as the database says they are. */
@Injectable()
export class KeyringUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();
  private soon = SOON_MS;
  private stopped = false;

  constructor(
    private readonly keyring: Keyring,
    private readonly rotation: RotationService,
    private readonly backlog: AuditBacklog,
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
    // Keys in waiting take seconds to make and nobody waits for them.
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  /** Resolves when what it is at now is done. */
  get settled(): Promise<void> {
    return this.turn;
  }

  private look(): void {
    this.turn = this.once()
      .catch((error: unknown) => {
        this.log.warn('the keys could not be looked after; the next turn will', { error });
        return false;
      })
      .then((done) => this.lookAfter(done));
  }

  private lookAfter(done: boolean): void {
    const pauseMs = done ? PERIOD_MS : this.soon;
    this.soon = done ? SOON_MS : Math.min(2 * this.soon, PERIOD_MS);
    if (!this.stopped) this.timer = setTimeout(() => this.look(), pauseMs).unref();
  }

  /** @returns whether the keys are open */
  private async once(): Promise<boolean> {
    await this.keyring.closeIfSealed();
    if (this.keyring.sealedBecause !== undefined && !(await this.keyring.unseal())) return false;
    const problems: unknown[] = [];
    for (const work of this.works) await work().catch((problem: unknown) => problems.push(problem));
    if (problems.length) throw problems[0];
    return true;
  }

  /** None waits for the one before to succeed: keys at a provider that is away are no reason to leave the others. */
  private get works(): (() => Promise<unknown>)[] {
    return [
      () => this.backlog.write(),
      () => this.rotation.retireEnded(),
      () => this.keyring.reload(),
      () => this.keyring.prepareNext(),
      ...KEY_SLOTS.map((slot) => () => this.rotation.rotateOverdue(slot)),
      () => this.keyring.destroyDiscarded(),
    ];
  }
}
