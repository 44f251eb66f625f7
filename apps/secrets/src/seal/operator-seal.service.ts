import { Injectable } from '@nestjs/common';
import { SealChanged, type SealState } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditBacklog } from '../audit/audit-backlog.service.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { Keyring } from '../keys/keyring.service.js';
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
  /** Counts the orders to open: what was asked before one is no longer so. */
  private openings = 0;

  constructor(
    private readonly stored: OperatorSealRepository,
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
    private readonly backlog: AuditBacklog,
    private readonly changes: SealChanges,
  ) {}

  /** @throws Refusal `sealed` when it is already; `unavailable` */
  async seal(by: Operator): Promise<SealState> {
    this.keyring.assertOpen();
    await this.audit.append({ action: 'service.seal', ...by });
    await this.changes.make(true, () => this.stored.set());
    this.keyring.close();
    return this.state();
  }

  /** The log tells of it once its own key is there again. @throws Refusal `unavailable` */
  async unseal(by: Operator): Promise<SealState> {
    await this.changes.make(false, async () => {
      await this.stored.remove();
      await this.backlog.note({ action: 'service.unseal', ...by });
    });
    this.openings++;
    if (await this.keyring.unseal()) await this.backlog.write();
    return this.state();
  }

  /** What a replica has ordered, perhaps long ago: what was taken back since closes nothing. */
  async follow(sealed: boolean): Promise<void> {
    if (sealed) return this.closeIfOrdered();
    if (this.keyring.sealedBecause !== undefined) await this.keyring.unseal();
  }

  /** While the database cannot be asked, what was told holds. */
  private async closeIfOrdered(): Promise<void> {
    const { openings } = this;
    const ordered = await this.stored.since().then(
      (since) => since !== undefined,
      () => true,
    );
    if (ordered && openings === this.openings) this.keyring.close();
  }

  private async state(): Promise<SealState> {
    const since = await this.stored.since();
    return { sealed: since !== undefined, since: since?.toISOString() ?? null };
  }
}
