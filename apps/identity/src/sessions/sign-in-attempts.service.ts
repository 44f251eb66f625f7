import { Injectable } from '@nestjs/common';
import { LoginFailed, type LoginFailedData } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { guardKey } from './login-guard.rules.js';
import { LoginGuardsRepository } from './login-guards.repository.js';

/** Counts failed sign-ins, so that guessing gets slower and slower. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly tx: Transactions,
    private readonly guards: LoginGuardsRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Under what the failures of a sign-in name are counted. */
  guardOf(name: string): Buffer {
    return guardKey(this.keys.names, name);
  }

  /** What is refused must stay written, hence a transaction of its own. */
  async fail(name: string, failed: LoginFailedData): Promise<void> {
    await this.tx.run(async () => {
      await this.guards.fail(this.guardOf(name));
      await this.outbox.append(LoginFailed, failed, { key: failed.user_id ?? undefined });
    });
  }
}
