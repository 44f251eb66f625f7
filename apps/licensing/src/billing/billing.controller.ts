import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  BillingPlanChanged,
  ChangePlan,
  type BillingPlanChangedData,
  type ChangePlanRequest,
  type PlanChangeAccepted,
} from '#contracts';
import { BillingService } from './billing.service.js';

@Controller()
export class BillingController {
  constructor(private readonly billing: BillingService) {}

  @Handles(ChangePlan)
  changePlan(input: ChangePlanRequest): Promise<PlanChangeAccepted> {
    return this.billing.change(input);
  }

  @Listens(BillingPlanChanged)
  async planChanged(data: BillingPlanChangedData): Promise<void> {
    await this.billing.change(data);
  }
}
