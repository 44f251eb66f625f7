import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.js';
import { statusOf } from '../licenses/license-status.rules.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import type { NewBlobTerms, Renewable } from '../renewal/renewals.repository.js';

const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/** The terms of a blob that is signed anew: those that the license has. */
@Injectable()
export class ReissueTerms {
  constructor(
    private readonly plans: PlanCatalog,
    private readonly clock: Clock,
  ) {}

  /** @returns nothing for a license that is out of force: it needs no new blob */
  of(license: Renewable): NewBlobTerms | null {
    const now = this.clock.now();
    if (statusOf(license, now) !== 'active') return null;
    const { expires_at, tier } = license;
    const features = this.plans.ofTier(tier).features;
    return { purpose: 'reissue', features, issued_at: wholeSeconds(now), expires_at, requested_by: 'rotation' };
  }
}
