import type { CallbackParameter } from '#contracts';

/** What a browser brought back from a provider. Each parameter counts once: of two with one name neither does. */
export class Callback {
  private readonly values = new Map<string, string>();
  private readonly twice = new Set<string>();

  constructor(parameters: readonly CallbackParameter[]) {
    for (const { name, value } of parameters) {
      if (this.values.has(name)) this.twice.add(name);
      this.values.set(name, value);
    }
  }

  get(name: string): string | undefined {
    return this.twice.has(name) ? undefined : this.values.get(name);
  }

  /** Whether some parameter came more than once, as none of a provider does. */
  get hasDuplicates(): boolean {
    return this.twice.size > 0;
  }

  get names(): string[] {
    return [...this.values.keys()];
  }
}
