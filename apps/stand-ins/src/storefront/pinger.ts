import { asForm } from './sale-views.js';

const RETRIED = new Set([499, 500, 502, 503, 504]);
const PAUSES_SECONDS = [60, 180, 600];
const PING_TIMEOUT_MS = 5_000;

/** What became of one ping; `status` 0: no answer at all. */
export interface PingResult {
  url: string;
  status: number;
}

export type PingEncoding = 'form' | 'json';

/** Sends pings as Gumroad does: five seconds, then again after 60, 180 and 600 s, but only for five statuses. */
export class Pinger {
  private readonly waiting = new Set<NodeJS.Timeout>();
  private closed = false;

  /** @param retryScale factor on Gumroad's pauses; 0.001 makes a minute 60 ms. */
  constructor(private readonly retryScale = 1) {}

  /** Sends once and returns its answer; what Gumroad would send again is sent again later, by itself. */
  async send(url: string, members: Record<string, unknown>, encoding: PingEncoding = 'form'): Promise<PingResult> {
    const status = await this.post(url, members, encoding);
    const done = Number(members['retry_count'] ?? 0);
    const pause = PAUSES_SECONDS[done];
    if (RETRIED.has(status) && pause !== undefined && !this.closed) {
      this.later(pause * 1000 * this.retryScale, () => this.send(url, { ...members, retry_count: done + 1 }, encoding));
    }
    return { url: new URL(url).origin, status };
  }

  close(): void {
    this.closed = true;
    for (const timer of this.waiting) clearTimeout(timer);
  }

  private later(ms: number, fn: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      void fn();
    }, ms);
    timer.unref();
    this.waiting.add(timer);
  }

  private async post(url: string, members: Record<string, unknown>, encoding: PingEncoding): Promise<number> {
    const body = encoding === 'json' ? JSON.stringify(members) : asForm(members);
    const type = encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(PING_TIMEOUT_MS),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // Gumroad only logs what never answered; it does not send it again.
      return 0;
    }
  }
}
