import { Injectable } from '@nestjs/common';
import { PlanApplied, type EntitlementChangedData } from '#contracts';
import { Outbox } from '#persistence';
import { LicenseTokensRepository } from '../license-tokens/license-tokens.repository.js';
import { PlansRepository } from './plans.repository.js';

/** Follows licensing: what a person may use reaches the account, then the person's open clients. */
@Injectable()
export class PlansService {
  constructor(
    private readonly plans: PlansRepository,
    private readonly licenseTokens: LicenseTokensRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Older news than the account has are skipped: events may come twice and out of order. */
  async apply(change: EntitlementChangedData): Promise<void> {
    if (!(await this.plans.apply(change))) return;
    const { user_id, plan, features, expires_at, version } = change;
    await this.licenseTokens.dropOlder(user_id, version);
    // Told only now: who hears it gets the new plan with the next refresh.
    await this.outbox.append(PlanApplied, { user_id, plan, features, expires_at, version }, { key: user_id });
  }
}
