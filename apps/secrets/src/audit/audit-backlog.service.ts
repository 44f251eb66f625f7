import { Injectable } from '@nestjs/common';
import { newId, Transactions } from '#persistence';
import type { AuditEntry } from './audit-chain.rules.js';
import { AuditLog } from './audit-log.service.js';

/** What is done while the log's key is not there. */
export type LateEntry = Pick<AuditEntry, 'action' | 'caller' | 'requestId'>;

interface LateRow {
  id: string;
  action: string;
  caller: string;
  request_id: string | null;
}

/** Table `audit_backlog`: what the audit log has yet to tell. Rather twice than never. */
@Injectable()
export class AuditBacklog {
  constructor(
    private readonly tx: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /** Within the transaction of what is done. */
  async note({ action, caller, requestId }: LateEntry): Promise<void> {
    await this.tx.query('INSERT INTO audit_backlog (id, action, caller, request_id) VALUES ($1, $2, $3, $4)', [
      newId(),
      action,
      caller,
      requestId ?? null,
    ]);
  }

  /** Of all replicas one writes each. @throws Refusal `sealed`; `unavailable` */
  write(): Promise<void> {
    return this.tx.run(async () => {
      const late = await this.tx.query<LateRow>('DELETE FROM audit_backlog RETURNING id, action, caller, request_id');
      for (const { action, caller, request_id } of late.sort((a, b) => (a.id < b.id ? -1 : 1))) {
        await this.audit.append({ action, caller, requestId: request_id ?? undefined });
      }
    });
  }
}
