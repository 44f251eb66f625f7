const TIMEOUT_MS = 5_000;

/** How a store sends its webhooks. */
export interface Delivery {
  /** The whole webhook URL; without it nobody is told. */
  url?: string;
  /** Pauses before it is sent again, in seconds. */
  pauses: readonly number[];
  /** Factor on the pauses. */
  scale: number;
  /** Headers that prove the body; made anew for every try. */
  headers(raw: string): Record<string, string>;
}

/** What became of one webhook; `status` 0: no answer at all. */
export interface Sent {
  event: string;
  status: number;
}

/** Sends webhooks, and again after pauses for as long as they are not answered with a 2xx. */
export class Sender {
  private readonly waiting = new Set<NodeJS.Timeout>();
  private closed = false;

  constructor(private readonly delivery: Delivery) {}

  /** Sends once and returns the answer; what is not taken is sent again later, by itself. */
  async send(event: string, body: object, tries = 0): Promise<Sent[]> {
    if (!this.delivery.url) return [];
    const status = await this.post(this.delivery.url, JSON.stringify(body));
    const pause = this.delivery.pauses[tries];
    const taken = status >= 200 && status < 300;
    if (!taken && pause !== undefined && !this.closed) this.later(pause, () => this.send(event, body, tries + 1));
    return [{ event, status }];
  }

  close(): void {
    this.closed = true;
    for (const timer of this.waiting) clearTimeout(timer);
  }

  private later(seconds: number, fn: () => Promise<unknown>): void {
    const again = (): void => {
      this.waiting.delete(timer);
      void fn();
    };
    const timer = setTimeout(again, seconds * 1000 * this.delivery.scale);
    timer.unref();
    this.waiting.add(timer);
  }

  private async post(url: string, raw: string): Promise<number> {
    const headers = { 'content-type': 'application/json', ...this.delivery.headers(raw) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(url, { method: 'POST', headers, body: raw, redirect: 'manual', signal });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }
}
