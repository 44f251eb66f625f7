/** How many events an app without a database remembers. */
const WINDOW = 20_000;

/** The newest ids that were handled: what an app without an inbox table has instead. */
export class SeenEvents {
  private readonly ids = new Set<string>();

  constructor(private readonly window = WINDOW) {}

  /** @returns whether the id is new; it counts as handled from here on */
  once(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > this.window) this.ids.delete(this.ids.values().next().value!);
    return true;
  }

  /** Its handling failed; the next delivery counts again. */
  forget(id: string): void {
    this.ids.delete(id);
  }
}
