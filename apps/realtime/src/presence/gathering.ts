/** People of whom one thing is to be told, together: a while after the first of them was added. */
export class Gathering {
  private readonly people = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private timer?: NodeJS.Timeout;

  /** @param tell must not reject */
  constructor(private readonly tell: (people: string[]) => Promise<void>) {}

  /** Whether somebody is still to be told of, or is just being told of. */
  get isBusy(): boolean {
    return this.people.size + this.underWay.size > 0;
  }

  /** @param withinMs until they are told of, unless others are to be told of before */
  add(people: Iterable<string>, withinMs: number): void {
    for (const id of people) this.people.add(id);
    this.timer ??= setTimeout(() => void this.flush(), withinMs).unref();
  }

  /** Tells of them now. Resolves when that is over, and what was begun before. */
  async flush(): Promise<void> {
    this.stop();
    if (this.people.size) this.begin([...this.people]);
    await Promise.all(this.underWay);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private begin(gathered: string[]): void {
    this.people.clear();
    const telling = this.tell(gathered).finally(() => this.underWay.delete(telling));
    this.underWay.add(telling);
  }
}
