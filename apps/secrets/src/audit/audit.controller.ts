import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { VerifyAudit, type AuditReport, type Call, type Empty } from '#contracts';
import { AuditVerifier } from './audit-verifier.service.js';

@Controller()
export class AuditController {
  constructor(private readonly verifier: AuditVerifier) {}

  // It reads a snapshot of its own.
  @Handles(VerifyAudit, { transaction: false })
  verify(_input: Empty, _call: Call): Promise<AuditReport> {
    return this.verifier.verify();
  }
}
