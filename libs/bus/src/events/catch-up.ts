import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;

/**
 * Reads something again whenever it has changed: never twice at once, always once more when news came while it was
 * read, and until it succeeds. What is watched is told once; who fails to follow it then would not hear of it again.
 */
export class CatchUp {
  private behind = false;
  private running?: Promise<void>;
  private stopped = false;

  /**
   * @param read reads all that there is
   * @param onTrouble hears of the first of several failures in a row
   */
  constructor(
    private readonly read: () => Promise<void>,
    private readonly onTrouble: (error: unknown) => void = () => undefined,
  ) {}

  /** Resolves when what there was at the time of the call is read, or when it was stopped. Never rejects. */
  again(): Promise<void> {
    this.behind = true;
    return (this.running ??= this.run());
  }

  /** Gives up what does not succeed. */
  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    for (let failures = 0; this.behind && !this.stopped;) {
      this.behind = false;
      try {
        await this.read();
        failures = 0;
      } catch (error) {
        this.behind = true;
        if (!failures++) this.onTrouble(error);
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    this.running = undefined;
  }
}
