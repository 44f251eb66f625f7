import { Injectable } from '@nestjs/common';
import { DataKeysRetired, type RotateDataKeysRequest } from '#contracts';
import { Outbox } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { SecretsConfig } from '../secrets.config.js';
import { OwnerKeys } from '../vault/owner-keys.service.js';
import type { Use } from '../vault/vault.service.js';
import { WrappedKeysRepository } from './wrapped-keys.repository.js';

const BATCH = 1_000;

/** Lets data keys seal no more: another takes the place of each at the next seal, and old values follow when used. */
@Injectable()
export class DataKeyRotation {
  constructor(
    private readonly stored: WrappedKeysRepository,
    private readonly keys: OwnerKeys,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly config: SecretsConfig,
  ) {}

  /** Those that have sealed for as long as a key may. */
  retireOld(): Promise<number> {
    return this.retire({ older_than_days: this.config.dataKeyMaxDays }, { caller: 'secrets' });
  }

  /** @returns how many were retired */
  async retire(order: RotateDataKeysRequest, use: Omit<Use, 'action'>): Promise<number> {
    let retired = 0;
    for (let last = BATCH; last === BATCH; retired += last) {
      // All or nothing: whoever tried again would find none left that others have to be told of.
      last = await this.stored.together(() => this.retireSome(order, use));
      if (last) this.keys.clear();
    }
    return retired;
  }

  private async retireSome(
    { owner_id, older_than_days = 0 }: RotateDataKeysRequest,
    use: Omit<Use, 'action'>,
  ): Promise<number> {
    const retired = await this.stored.retire(owner_id, older_than_days, BATCH);
    if (!retired) return 0;
    await this.outbox.append(DataKeysRetired, { retired });
    await this.audit.append({ action: 'data_key.rotate', ...use, subject: owner_id ?? `${retired} keys` });
    return retired;
  }
}
