/** Something that ends. */
export interface Lease<T> {
  value: T;
  /** When another has to be taken, in milliseconds. */
  until: number;
}

/** Keeps something that ends and takes it anew in time; whoever asks meanwhile waits for the same. */
export class Renewed<T> {
  private taken?: Lease<T>;
  private taking?: Promise<Lease<T>>;

  constructor(private readonly take: () => Promise<Lease<T>>) {}

  async get(): Promise<T> {
    if (this.taken && this.taken.until > Date.now()) return this.taken.value;
    this.taking ??= this.take().finally(() => (this.taking = undefined));
    this.taken = await this.taking;
    return this.taken.value;
  }
}
