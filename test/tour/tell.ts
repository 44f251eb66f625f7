/** Prints the tour as it goes, and stops it at the first thing that is not so. */
export class Teller {
  private steps = 0;

  chapter(title: string): void {
    process.stdout.write(`\n${title}\n`);
  }

  /** Plays one step; what it returns is shown beside it. */
  async step<T extends string | void>(title: string, play: () => Promise<T>): Promise<void> {
    const started = performance.now();
    try {
      const seen = await play();
      const ms = `${Math.round(performance.now() - started)} ms`;
      process.stdout.write(`  ✓ ${title.padEnd(62)} ${ms.padStart(8)}${seen ? `   ${seen}` : ''}\n`);
      this.steps += 1;
    } catch (error) {
      process.stdout.write(`  ✗ ${title}\n`);
      throw error;
    }
  }

  get count(): number {
    return this.steps;
  }
}

/** @throws Error that says what was expected and what came */
export function expect(condition: unknown, expectation: string, seen?: unknown): asserts condition {
  if (!condition)
    throw new Error(`expected ${expectation}${seen === undefined ? '' : `, saw ${JSON.stringify(seen)}`}`);
}
