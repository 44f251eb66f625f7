/**
 * Lets one work at a time, in the order in which they came. For transactions that write to the audit log: each holds a
 * connection while its entry is written over another one, so that many at once would wait for each other's.
 */
export class OneByOne {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
