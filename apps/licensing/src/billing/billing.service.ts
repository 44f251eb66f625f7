import { Injectable } from '@nestjs/common';
import type { ChangePlanRequest, PlanChangeAccepted } from '#contracts';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import { GrantsRepository } from '../entitlements/grants.repository.js';
import { grantOf } from './billing.rules.js';

/**
 * Applies what the billing system decides. Users that nobody has heard of are taken as well: whether an account
 * exists is identity's business, and the plan waits for it here.
 */
@Injectable()
export class BillingService {
  constructor(
    private readonly grants: GrantsRepository,
    private readonly entitlements: EntitlementsService,
  ) {}

  /** Both ways in, command and event, end here; once in effect per `event_id`. Needs an open transaction. */
  async change(request: ChangePlanRequest): Promise<PlanChangeAccepted> {
    const { event_id, user_id } = request;
    const added = await this.grants.add(user_id, grantOf(request), event_id);
    if (added) await this.entitlements.recompute(user_id);
    return { event_id, duplicate: !added };
  }
}
