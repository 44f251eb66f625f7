import { Injectable } from '@nestjs/common';
import { SharedStore } from '#bus';
import { cooldownKey, isHeld, type Cooldown, type Hold } from './cooldown.rules.js';

const BUCKET = 'cooldowns';

/** A key that was claimed, to be given back when its event was not accepted after all. */
export interface Claim {
  release(): Promise<void>;
}

/** Cooldowns of notifications, one for all replicas. Chat has none (RT12). */
@Injectable()
export class Cooldowns {
  constructor(private readonly store: SharedStore) {}

  /**
   * Claims a key for the event `id`.
   * @returns nothing while another event holds it
   * @throws Refusal `unavailable`
   */
  async claim(receiver: string | undefined, cooldown: Cooldown, id: string): Promise<Claim | undefined> {
    const key = cooldownKey(receiver, cooldown);
    for (;;) {
      const { value, revision } = await this.store.read(BUCKET, key);
      const now = Date.now();
      if (isHeld(value === undefined ? undefined : (JSON.parse(value) as Hold), id, now)) return undefined;
      const hold: Hold = { id, until: now + cooldown.seconds * 1_000 };
      const mine = await this.store.write(BUCKET, key, JSON.stringify(hold), revision);
      if (mine !== undefined) return { release: () => this.release(key, id, mine) };
      // Somebody was faster: another event, which holds the key now, or this one, sent twice at once.
    }
  }

  private async release(key: string, id: string, revision: number): Promise<void> {
    await this.store.write(BUCKET, key, JSON.stringify({ id, until: 0 } satisfies Hold), revision);
  }
}
