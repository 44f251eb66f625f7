import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ChangePlan,
  ChangePlanRequest,
  MintLicense,
  MintLicenseRequest,
  RevokeLicense,
  RevokeLicenseRequest,
  SearchLicenses,
  SearchLicensesRequest,
  type LicensePage,
  type LicenseRecord,
  type PlanChangeAccepted,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Internal: licensing' };

@Controller('internal')
export class LicensesController {
  constructor(private readonly bus: Bus) {}

  @Post('mint')
  @Serves(MintLicense, { idempotencyField: 'idempotency_key', docs: { ...docs, status: 201 } })
  mint(@Input() input: MintLicenseRequest, @Ask() ask: SendAs): Promise<LicenseRecord> {
    return this.bus.send(MintLicense, input, ask);
  }

  @Post('revoke')
  @HttpCode(200)
  @Serves(RevokeLicense, { withoutIdempotency: true, docs })
  revoke(@Input() input: RevokeLicenseRequest, @Ask() ask: SendAs): Promise<LicenseRecord> {
    return this.bus.send(RevokeLicense, input, ask);
  }

  @Get('licenses')
  @Serves(SearchLicenses, { docs })
  search(@Input() input: SearchLicensesRequest, @Ask() ask: SendAs): Promise<LicensePage> {
    return this.bus.send(SearchLicenses, input, ask);
  }

  @Post('billing/plan-changes')
  @HttpCode(202)
  @Serves(ChangePlan, { idempotencyField: 'event_id', docs: { ...docs, status: 202 } })
  changePlan(@Input() input: ChangePlanRequest, @Ask() ask: SendAs): Promise<PlanChangeAccepted> {
    return this.bus.send(ChangePlan, input, ask);
  }
}
