import { BroadcastChannel } from 'node:worker_threads';
import { CookieJar } from '../../../test/support/http.js';
import type { Channel, Locks, Platform } from '../src/index.js';

/** `navigator.locks`, as far as tabs use it: whoever asks for a lock that is held is told so at once. */
class LockManager implements Locks {
  readonly held = new Set<string>();
  /** How often a lock was granted, and how often it was not. */
  readonly answers = { granted: 0, refused: 0 };

  async request<T>(name: string, _: { ifAvailable: true }, act: (lock: object | null) => Promise<T>): Promise<T> {
    // A lock is never granted within the call.
    await Promise.resolve();
    const isHeld = this.held.has(name);
    this.answers[isHeld ? 'refused' : 'granted'] += 1;
    if (isHeld) return act(null);
    this.held.add(name);
    try {
      return await act({ name });
    } finally {
      this.held.delete(name);
    }
  }
}

/** A browser with tabs: one cookie jar, one lock manager, one machine's channels, one clock. */
export class Browser {
  readonly jar = new CookieJar();
  readonly locks = new LockManager();
  /** Added to the clock: a sleep, or a clock that is set. */
  skewMs = 0;
  private stoodStillAt?: number;
  private readonly listeners = new Set<() => void>();
  private readonly channels = new Set<Channel>();

  /** What a tab finds. @param frozen cuts the tab off: its requests are never answered */
  tab(frozen?: { now: boolean }): { platform: Platform; fetch: typeof fetch } {
    return { platform: this.platform(), fetch: (input, init) => this.fetch(input, init, frozen) };
  }

  /** As if everything from now on took no time. */
  standStillAt(ms: number): void {
    this.stoodStillAt = ms;
  }

  wake(): void {
    for (const listener of this.listeners) listener();
  }

  close(): void {
    for (const channel of this.channels) channel.close();
  }

  private platform(): Platform {
    const channel = (name: string) => {
      const opened = new BroadcastChannel(name) as unknown as Channel;
      this.channels.add(opened);
      return opened;
    };
    const wakes = {
      addEventListener: (_: string, listener: () => void) => void this.listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => void this.listeners.delete(listener),
    };
    return {
      locks: this.locks,
      channel,
      wakes: [wakes],
      now: () => (this.stoodStillAt ?? Date.now()) + this.skewMs,
      random: () => 0.01,
    };
  }

  private async fetch(
    input: Parameters<typeof fetch>[0],
    init: RequestInit = {},
    frozen?: { now: boolean },
  ): Promise<Response> {
    if (frozen?.now) return new Promise((_, reject) => init.signal?.addEventListener('abort', reject));
    const headers = new Headers(init.headers);
    if (this.jar.header) headers.set('cookie', this.jar.header);
    const response = await fetch(input, { ...init, headers });
    this.jar.take(response.headers);
    return response;
  }
}
