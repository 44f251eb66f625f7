import { isAway } from './delivery.rules.js';

/** How many events are remembered that met an outage. */
const WINDOW = 10_000;

/**
 * Tells tries that broke from tries for which something was away: an event that has waited out an outage has all its
 * tries left. The broker counts deliveries alone, and they are shared by all replicas; what an outage took of them, each
 * replica notes for itself.
 */
export class FailedTries {
  /** Events that met an outage, with how often they broke since. */
  private readonly since = new Map<string, number>();

  constructor(private readonly window = WINDOW) {}

  /**
   * Notes a failed try.
   * @param tries how often the event was delivered, this time included
   * @returns in how many tries its handling was broken, as far as is known here
   */
  note(event: string, tries: number, error: unknown): number {
    const known = this.since.get(event);
    const away = isAway(error);
    if (known === undefined && !away) return tries;
    const broken = (known ?? 0) + (away ? 0 : 1);
    this.since.set(event, broken);
    if (this.since.size > this.window) this.forget(this.since.keys().next().value!);
    return broken;
  }

  /** It is settled. */
  forget(event: string): void {
    this.since.delete(event);
  }
}
