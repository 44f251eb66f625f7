import { Injectable } from '@nestjs/common';
import { SealChanged, type SealState } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { Keyring } from '../keys/keyring.service.js';
import { OwnerKeys } from '../vault/owner-keys.service.js';
import { OperatorSealRepository } from './operator-seal.repository.js';

/** Who orders it. */
interface Operator {
  caller: string;
  requestId?: string;
}

/** A change of the seal that every replica hears of. */
@Injectable()
export class SealChanges {
  constructor(
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  make(sealed: boolean, change: () => Promise<void>): Promise<void> {
    return this.tx.run(async () => {
      await change();
      await this.outbox.append(SealChanged, { sealed });
    });
  }
}

/** Takes the keys out of memory at an operator's order, and lets them in again. */
@Injectable()
export class OperatorSeal {
  constructor(
    private readonly stored: OperatorSealRepository,
    private readonly keyring: Keyring,
    private readonly keys: OwnerKeys,
    private readonly audit: AuditLog,
    private readonly changes: SealChanges,
  ) {}

  /** @throws Refusal `sealed` when it is already; `unavailable` */
  async seal(by: Operator): Promise<SealState> {
    this.keyring.assertOpen();
    await this.audit.append({ action: 'service.seal', ...by });
    await this.changes.make(true, () => this.stored.set());
    this.close();
    return this.state();
  }

  /** The log tells of it once its own key is there again. @throws Refusal `unavailable` */
  async unseal(by: Operator): Promise<SealState> {
    await this.changes.make(false, () => this.stored.remove());
    if (await this.keyring.unseal()) await this.audit.append({ action: 'service.unseal', ...by });
    return this.state();
  }

  /** What another replica was told. */
  async follow(sealed: boolean): Promise<void> {
    if (sealed) this.close();
    else if (this.keyring.sealedBecause !== undefined) await this.keyring.unseal();
  }

  private close(): void {
    this.keyring.close();
    this.keys.clear();
  }

  private async state(): Promise<SealState> {
    const since = await this.stored.since();
    return { sealed: since !== undefined, since: since?.toISOString() ?? null };
  }
}
