import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  SearchAudit,
  VerifyAuditLog,
  type AuditLogReport,
  type AuditPage,
  type Empty,
  type SearchAuditRequest,
} from '#contracts';
import { AuditSearch } from './audit-search.queries.js';
import { AuditVerifier } from './audit-verifier.service.js';

@Controller()
export class AuditController {
  constructor(
    private readonly search: AuditSearch,
    private readonly verifier: AuditVerifier,
  ) {}

  @Handles(SearchAudit, { transaction: false })
  find(input: SearchAuditRequest): Promise<AuditPage> {
    return this.search.find(input);
  }

  /** Reads a snapshot of its own. */
  @Handles(VerifyAuditLog, { transaction: false })
  verify(_input: Empty): Promise<AuditLogReport> {
    return this.verifier.verify();
  }
}
