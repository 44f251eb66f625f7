import { Controller } from '@nestjs/common';
import { Listens } from '#bus';
import { EntitlementChanged, type EntitlementChangedData } from '#contracts';
import { PlansService } from './plans.service.js';

@Controller()
export class PlansController {
  constructor(private readonly plans: PlansService) {}

  @Listens(EntitlementChanged)
  entitlementChanged(data: EntitlementChangedData): Promise<void> {
    return this.plans.apply(data);
  }
}
