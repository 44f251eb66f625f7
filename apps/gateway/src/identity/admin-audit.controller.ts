import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  SearchAudit,
  SearchAuditRequest,
  VerifyAuditLog,
  type AuditLogReport,
  type AuditPage,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Admin: audit log' };

@Controller('v1/admin/audit')
export class AdminAuditController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Serves(SearchAudit, { docs })
  find(@Input() input: SearchAuditRequest, @Ask() ask: SendAs): Promise<AuditPage> {
    return this.bus.send(SearchAudit, input, ask);
  }

  @Post('verify')
  @HttpCode(200)
  @Serves(VerifyAuditLog, { docs })
  verify(@Input() input: Empty, @Ask() ask: SendAs): Promise<AuditLogReport> {
    return this.bus.send(VerifyAuditLog, input, ask);
  }
}
