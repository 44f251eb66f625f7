import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';
import { Erasures } from './erasures.service.js';

const EVERY_MS = 15_000;
/** A service that was away when it was told is told again after this. */
const TELL_AGAIN_SECONDS = 60;

/**
 * Begins what is due and tells again what nobody has answered. All its knowledge is in the table: whoever dies in the
 * middle of a step has not taken it, and any replica takes it next.
 */
@Injectable()
export class ErasureWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private again = false;

  constructor(
    private readonly tx: Transactions,
    private readonly erasures: Erasures,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), EVERY_MS * (0.8 + Math.random() * 0.4)).unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.again = false;
    await this.running;
  }

  /** Looks for work now. */
  wake(): void {
    if (this.running) this.again = true;
    else this.running = this.tx.outside(() => this.work());
  }

  /** Everything that can be done at the moment, one person a transaction. */
  async sweep(tellAgainSeconds = TELL_AGAIN_SECONDS): Promise<void> {
    while (await this.tx.run(() => this.erasures.beginNext()));
    const toldBefore = new Date(Date.now() - tellAgainSeconds * 1_000);
    while (await this.tx.run(() => this.erasures.tellNextAgain(toldBefore)));
  }

  private async work(): Promise<void> {
    do {
      this.again = false;
      await this.sweep().catch((error: unknown) => {
        this.log.warn('erasing accounts goes on with the next round', { error });
      });
    } while (this.again);
    this.running = undefined;
  }
}
