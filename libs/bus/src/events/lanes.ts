/** Runs work side by side up to a width; work of the same key goes one after another, in order of arrival. */
export class Lanes {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly width: number) {}

  /** @param work must not reject */
  run(key: string | undefined, work: () => Promise<void>): Promise<void> {
    if (key === undefined) return this.within(work);
    const before = this.tails.get(key) ?? Promise.resolve();
    const tail = before.then(() => this.within(work));
    this.tails.set(key, tail);
    return tail.finally(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    });
  }

  private async within(work: () => Promise<void>): Promise<void> {
    if (this.busy < this.width) this.busy++;
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy--;
    }
  }
}
