import { Injectable } from '@nestjs/common';
import { OwnerKeysDestroyed } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { OwnerKeys } from './owner-keys.service.js';
import { OwnerRecords } from './owner-records.js';
import type { Use } from './vault.service.js';

/** Destroys an owner's keys: what they have sealed is noise from then on, in every backup too. */
@Injectable()
export class OwnerErasure {
  constructor(
    private readonly records: OwnerRecords,
    private readonly keys: OwnerKeys,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly tx: Transactions,
  ) {}

  /** Within a transaction. @throws Refusal `unavailable` */
  async erase(userId: string, use: Omit<Use, 'action'>): Promise<void> {
    await this.audit.append({ action: 'owner_key.destroy', ...use, subject: userId });
    await this.records.erase(userId, use);
    await this.outbox.append(OwnerKeysDestroyed, { owner_id: userId }, { key: userId });
    // What was read meanwhile would be kept for a while.
    this.tx.afterCommit(() => this.keys.drop('user', userId));
  }
}
