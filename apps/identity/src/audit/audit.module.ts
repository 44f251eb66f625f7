import type { Feature } from '../feature.js';
import { AuditIntakeController } from './audit-intake.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditRetention } from './audit-retention.service.js';
import { AuditSealer } from './audit-sealer.service.js';
import { AuditSearch } from './audit-search.queries.js';
import { AuditVerifier } from './audit-verifier.service.js';
import { AuditController } from './audit.controller.js';

export const audit: Feature = {
  controllers: [AuditController, AuditIntakeController],
  providers: [AuditLogRepository, AuditRetention, AuditSealer, AuditSearch, AuditVerifier],
};
