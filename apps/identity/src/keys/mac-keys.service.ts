import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Health, Log } from '#boot';
import { Bus } from '#bus';
import { DeriveMacKey, Unavailable } from '#contracts';

const RETRY_MS = 500;

interface Keys {
  refresh: Buffer;
  mail: Buffer;
  names: Buffer;
  audit: Buffer;
}

/**
 * The keys with which identity authenticates its own opaque tokens. They are derived in secrets, fetched at start and
 * held in memory only; until they are there the app is not ready and refuses what needs them.
 */
@Injectable()
export class MacKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private keys?: Keys;
  private stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly health: Health,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('mac_keys', () => {
      if (!this.keys) throw new Error('the MAC keys have not come from secrets yet');
    });
    void this.load();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  /** Whether they have come; until then readiness says that they have not. */
  get areThere(): boolean {
    return this.keys !== undefined;
  }

  /** Authenticates refresh tokens. @throws Refusal `unavailable` before the keys are there */
  get refresh(): Buffer {
    return this.loaded.refresh;
  }

  /** Authenticates the tokens of mailed links. @throws Refusal `unavailable` before the keys are there */
  get mail(): Buffer {
    return this.loaded.mail;
  }

  /** Hides sign-in names in the table of failed sign-ins. @throws Refusal `unavailable` before the keys are there */
  get names(): Buffer {
    return this.loaded.names;
  }

  /** Authenticates the seals of the audit log. @throws Refusal `unavailable` before the keys are there */
  get audit(): Buffer {
    return this.loaded.audit;
  }

  private get loaded(): Keys {
    if (!this.keys) throw Unavailable.with({ retry_after: 1 });
    return this.keys;
  }

  private async load(): Promise<void> {
    for (let attempt = 1; !this.stopped; attempt++) {
      try {
        const [refresh, mail] = await Promise.all([this.derive('refresh_token'), this.derive('mail_token')]);
        const from = (purpose: string): Buffer => createHmac('sha256', mail).update(purpose).digest();
        this.keys = { refresh, mail, names: from('sign-in names'), audit: from('audit log') };
        return;
      } catch (error) {
        if (attempt === 10) this.log.warn('secrets does not give the MAC keys yet', { error });
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async derive(context: 'refresh_token' | 'mail_token'): Promise<Buffer> {
    return Buffer.from((await this.bus.send(DeriveMacKey, { context })).key, 'base64url');
  }
}
