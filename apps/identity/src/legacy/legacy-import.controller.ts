import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ImportLegacyAccounts,
  ReportLegacyAccounts,
  type Empty,
  type ImportedLegacyAccounts,
  type ImportLegacyAccountsRequest,
  type LegacyReport,
} from '#contracts';
import { LegacyImport } from './legacy-import.service.js';

@Controller()
export class LegacyImportController {
  constructor(private readonly accounts: LegacyImport) {}

  @Handles(ImportLegacyAccounts)
  take(input: ImportLegacyAccountsRequest): Promise<ImportedLegacyAccounts> {
    return this.accounts.take(input);
  }

  @Handles(ReportLegacyAccounts, { transaction: false })
  report(_input: Empty): Promise<LegacyReport> {
    return this.accounts.report();
  }
}
