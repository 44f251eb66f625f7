import type { Channel, Locks, Platform } from './platform.js';
import { pause, Timers } from './timers.js';
import type { User } from './wire.js';

/** What tabs tell each other about their one session. Refresh tokens are not among it. */
export interface SharedTokens {
  access: string;
  /** By the wall clock, which all tabs of a machine share. */
  obtainedAt: number;
  expiresAt: number;
  user: User;
  /** How many came before them since the sign-in, as far as is known; left out: none. Times can be equal. */
  turn?: number;
}

export type TabMessage =
  | { kind: 'refreshed' | 'signed_in'; tokens: SharedTokens }
  | { kind: 'signed_out' }
  /** A new tab asks for tokens, so that it need not refresh. */
  | { kind: 'asks' };

/** How long another tab gets for its refresh: it may be frozen in the middle of it. */
export const PATIENCE_MS = 3_000;
/** What came while this page stood still lies ready, and is heard in this time. */
const HEARING_MS = 25;
/** How long a lock is kept after the news were posted, so that who finds it free has heard them. */
const SETTLE_MS = 50;

/**
 * The tabs of one session. Nothing here is needed for correctness: a refresh that two tabs send at once gives both the same
 * successor. It saves requests, and so no tab ever waits for another without a limit.
 */
export class Tabs {
  private readonly channel?: Channel;
  private readonly waiting = new Set<() => void>();
  private readonly timers = new Timers();
  /** Ends when the lock of this tab's own last work is let go of. */
  private letGo?: Promise<unknown>;

  constructor(
    private readonly name: string,
    private readonly platform: Required<Pick<Platform, 'channel' | 'random'>> & { locks?: Locks },
    heard: (message: TabMessage) => void,
  ) {
    this.channel = platform.channel(name);
    if (!this.channel) return;
    // In Node an open channel would keep the process.
    (this.channel as { unref?: () => void }).unref?.();
    this.channel.onmessage = ({ data }: { data: unknown }) => {
      const message = messageOf(data);
      if (!message) return;
      heard(message);
      if (message.kind !== 'asks') for (const wake of [...this.waiting]) wake();
    };
  }

  tell(message: TabMessage): void {
    this.channel?.postMessage(message);
  }

  /** Resolves when another tab has told something, or after `ms` and what came in that time. */
  news(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        stop();
        this.waiting.delete(wake);
        resolve();
      };
      // A page that stood still itself runs its timers before it hears what has long been there.
      let stop = this.timers.after(ms, () => (stop = this.timers.after(HEARING_MS, wake)));
      this.waiting.add(wake);
    });
  }

  /**
   * Does `work`, or finds that another tab is at it, waits for a while for `found` to hold, and else does it all the same.
   * @param found what the others' work has brought, when it has
   */
  async once<T>(work: () => Promise<T>, found: () => T | undefined): Promise<T> {
    const { locks } = this.platform;
    if (!locks || !this.channel) return work();
    await this.letGo;
    let begun = false;
    const begin = () => {
      begun = true;
      return work();
    };
    return new Promise<T>((resolve, reject) => {
      const asking = locks
        .request(this.name, { ifAvailable: true }, async (lock) => {
          // What is returned from here decides how long the lock is held, not how long the caller waits.
          if (!lock) return void this.leaveTo(begin, found).then(resolve, reject);
          const result = begin();
          await result.catch(() => undefined);
          this.letGo = asking;
          result.then(resolve, reject);
          await pause(SETTLE_MS);
        })
        // No locks for this page: opaque origins have none.
        .catch((error) => (begun ? reject(error) : begin().then(resolve, reject)));
    });
  }

  /** Lets the tab that holds the lock do the work. */
  private async leaveTo<T>(work: () => Promise<T>, found: () => T | undefined): Promise<T> {
    const end = performance.now() + PATIENCE_MS * (1 + this.platform.random());
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      const left = end - performance.now();
      if (left <= 0) return work();
      await this.news(left);
    }
  }

  close(): void {
    for (const wake of [...this.waiting]) wake();
    this.timers.clear();
    this.channel?.close();
  }
}

function messageOf(data: unknown): TabMessage | undefined {
  const message = data as TabMessage | null | undefined;
  switch (message?.kind) {
    case 'asks':
    case 'signed_out':
      return message;
    case 'refreshed':
    case 'signed_in':
      return typeof message.tokens?.access === 'string' ? message : undefined;
    default:
      // Another version of this library may say more.
      return undefined;
  }
}
