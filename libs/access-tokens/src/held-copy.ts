import { CatchUp } from '#bus';

/** Something that a service owns and that is held here whole, in memory: read by many, and again when it has changed. */
export abstract class HeldCopy {
  private readAt = -Infinity;
  private loading?: Promise<void>;
  private readonly reading = new CatchUp(() => this.readAnew());

  /** Reads it again; calls while one is under way share it. */
  reload(): Promise<void> {
    this.loading ??= this.load()
      .then(() => void (this.readAt = performance.now()))
      .finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** It has changed: it is read until what is new is known here. */
  follow(): Promise<void> {
    return this.reading.again();
  }

  /** Gives up what does not succeed. */
  stop(): void {
    this.reading.stop();
  }

  /** Milliseconds since it was read last, whatever becomes of the clock; without end when it never was. */
  protected get age(): number {
    return performance.now() - this.readAt;
  }

  /** Reads it as it is by now: a reading that is under way may have been asked for before a change. */
  protected async readAnew(): Promise<void> {
    await this.loading?.catch(() => undefined);
    await this.reload();
  }

  /** Asks its owner for all of it. */
  protected abstract load(): Promise<void>;
}
