import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';
import { Erasures } from './erasures.service.js';

const EVERY_MS = 15_000;
/** What has failed is tried again after this, and after twice as long each further time, up to the next round. */
const SOON_MS = 500;
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
  private soon?: NodeJS.Timeout;
  private failures = 0;

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
    clearTimeout(this.soon);
  }

  /** Looks for work now. */
  wake(): void {
    if (this.running) this.again = true;
    else this.running = this.tx.outside(() => this.work());
  }

  /**
   * Everything that can be done at the moment, one person a transaction. One that fails holds up no other.
   * @throws Error with what has failed first, when all is tried
   */
  async sweep(tellAgainSeconds = TELL_AGAIN_SECONDS): Promise<void> {
    const failed: unknown[] = [];
    const each = async (ids: string[], step: (id: string) => Promise<void>): Promise<void> => {
      for (const id of ids) await this.tx.run(() => step(id)).catch((error: unknown) => failed.push(error));
    };
    await each(await this.erasures.due(), (id) => this.erasures.begin(id));
    const toldBefore = new Date(Date.now() - tellAgainSeconds * 1_000);
    await each(await this.erasures.unanswered(toldBefore), (id) => this.erasures.tellAgain(id, toldBefore));
    if (failed.length) throw new Error(`${failed.length} erasures have failed`, { cause: failed[0] });
  }

  private async work(): Promise<void> {
    do {
      this.again = false;
      await this.sweep().then(
        () => (this.failures = 0),
        (error: unknown) => this.retry(error),
      );
    } while (this.again);
    this.running = undefined;
  }

  /** Most of what fails is over in a moment: a database that has just moved, a lock that was held. */
  private retry(error: unknown): void {
    this.log.warn('erasing accounts goes on in a moment', { error });
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.wake(), Math.min(EVERY_MS, SOON_MS * 2 ** this.failures++)).unref();
  }
}
