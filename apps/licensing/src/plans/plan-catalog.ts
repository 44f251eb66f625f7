import { createHash } from 'node:crypto';
import type { Plan, Tier } from '#contracts';

/** One plan: what it allows and where it stands among the others. */
export interface PlanRow {
  name: Plan;
  /** Of two plans that a person holds, the one with the higher rank is in force. */
  rank: number;
  features: string[];
  /** Days an installation may go on without asking again. */
  max_offline_days: number;
}

/** On what terms a tier is renewed. */
export interface RenewalPolicy {
  /** What one renewal adds. */
  years: number;
  /** Days before its end from which on a license is renewed without an order; 0: never. */
  free_within_days: number;
  /** Where an order that pays for it is made. */
  checkout_url: string;
}

/** The plans and what each sold tier is worth, as `config/plans.yaml` says. Unchanged while the app runs. */
export class PlanCatalog {
  /** Another one whenever the plans say something else: what was decided by another catalog is decided again. */
  readonly digest: string;

  constructor(
    private readonly plans: ReadonlyMap<Plan, PlanRow>,
    private readonly tiers: ReadonlyMap<Tier, Plan>,
    private readonly renewals: ReadonlyMap<Tier, RenewalPolicy>,
  ) {
    const said = JSON.stringify([[...plans.values()], [...tiers]]);
    this.digest = createHash('sha256').update(said).digest('base64url').slice(0, 22);
  }

  plan(name: Plan): PlanRow {
    return this.plans.get(name)!;
  }

  ofTier(tier: Tier): PlanRow {
    return this.plan(this.tiers.get(tier)!);
  }

  renewalOf(tier: Tier): RenewalPolicy {
    return this.renewals.get(tier)!;
  }

  /** A plan above the free ones: somebody paid for it. */
  isPaid(name: Plan): boolean {
    return this.plan(name).rank > Math.max(this.plan('free').rank, this.plan('renpy_free').rank);
  }
}
