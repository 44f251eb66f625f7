import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ImportLegacyAccounts,
  ImportLegacyAccountsRequest,
  ReportLegacyAccounts,
  type Empty,
  type ImportedLegacyAccounts,
  type LegacyReport,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Accounts of the old system';

@Controller('internal/legacy')
export class LegacyController {
  constructor(private readonly bus: Bus) {}

  @Post('accounts')
  @HttpCode(200)
  @Serves(ImportLegacyAccounts, { docs: { tag } })
  take(@Input() input: ImportLegacyAccountsRequest, @Ask() ask: SendAs): Promise<ImportedLegacyAccounts> {
    return this.bus.send(ImportLegacyAccounts, input, ask);
  }

  @Get('report')
  @Serves(ReportLegacyAccounts, { docs: { tag } })
  report(@Input() input: Empty, @Ask() ask: SendAs): Promise<LegacyReport> {
    return this.bus.send(ReportLegacyAccounts, input, ask);
  }
}
