import type { Plan, Tier } from '#contracts';
import { statusOf, type LicenseStanding } from '../licenses/license-status.rules.js';
import type { PlanCatalog } from '../plans/plan-catalog.js';

/** A plan given by a claim or by billing, from `effective_at` on. */
export interface Grant {
  source: 'claim' | 'billing';
  plan: Plan;
  /** `null`: the features of the plan, whatever they are at the time. */
  features: string[] | null;
  effective_at: Date;
  expires_at: Date | null;
}

export interface OwnedLicense extends LicenseStanding {
  license_key: string;
  tier: Tier;
  issued_at: Date;
}

/** Everything that a person's entitlement follows from. */
export interface Sources {
  /** In the order of `effective_at`, and of their arrival where that is the same. */
  grants: Grant[];
  licenses: OwnedLicense[];
}

export type EntitlementStatus = 'unregistered' | 'registered_free' | 'licensed' | 'expired' | 'suspended';

export interface Outcome {
  plan: Plan;
  features: string[];
  expires_at: Date | null;
}

export interface Decision extends Outcome {
  status: EntitlementStatus;
  /** The next moment at which the same sources may mean something else. */
  due_at: Date | null;
}

interface Holding {
  plan: Plan;
  features: string[];
  expires_at: Date | null;
}

const lapsed = (expires_at: Date | null, now: Date): boolean => expires_at !== null && expires_at <= now;
/** A claim has as soon as it is made, also to a replica whose clock is behind that of the one that took it. */
const hasBegun = ({ source, effective_at }: Grant, now: Date): boolean => source === 'claim' || effective_at <= now;

/** How far clocks of replicas are apart at most while nothing is wrong with one. */
const CLOCKS_APART_MS = 5_000;

/** The moment to decide by: not before the last decision, or a replica whose clock is behind would take it back. */
export function asOf(now: Date, decided: Date | undefined): Date {
  const behind = decided ? decided.getTime() - now.getTime() : 0;
  return behind > 0 && behind <= CLOCKS_APART_MS ? decided! : now;
}

/**
 * What a person may use now: the highest plan of all that are in force, with the features of all. Of the billing
 * system's grants only the latest one that has taken effect counts, so that the order of their arrival does not.
 */
export function decide(sources: Sources, plans: PlanCatalog, now: Date): Decision {
  const held = holdings(sources, plans, now);
  const rank = (holding: Holding): number => plans.plan(holding.plan).rank;
  const highest = held.reduce((best, next) => (rank(next) > rank(best) ? next : best));
  const atTop = held.filter((holding) => holding.plan === highest.plan);
  return {
    plan: highest.plan,
    features: [...new Set(held.flatMap((holding) => holding.features))].sort(),
    expires_at: latestEnd(atTop),
    status: standing(highest.plan, sources, plans, now),
    due_at: nextMoment(sources, now),
  };
}

/** Whether two outcomes say the same to the person. */
export const sameOutcome = (a: Outcome, b: Outcome): boolean =>
  a.plan === b.plan &&
  a.expires_at?.getTime() === b.expires_at?.getTime() &&
  a.features.length === b.features.length &&
  a.features.every((feature, index) => feature === b.features[index]);

function holdings({ grants, licenses }: Sources, plans: PlanCatalog, now: Date): Holding[] {
  const billing = grants.filter((grant) => grant.source === 'billing' && hasBegun(grant, now)).at(-1);
  const claim = grants.find((grant) => grant.source === 'claim');
  const granted = [billing, claim]
    .filter((grant) => grant !== undefined)
    .filter((grant) => !lapsed(grant.expires_at, now))
    .map((grant) => ({ ...grant, features: grant.features ?? plans.plan(grant.plan).features }));
  const owned = licenses
    .filter((license) => statusOf(license, now) === 'active')
    .map((license) => ({ license, plan: plans.ofTier(license.tier) }))
    .map(({ license, plan }) => ({ plan: plan.name, features: plan.features, expires_at: license.expires_at }));
  return [{ plan: 'free', features: plans.plan('free').features, expires_at: null }, ...granted, ...owned];
}

/** One plan held twice lasts as long as the longer one; without an end when one has none. */
function latestEnd(held: Holding[]): Date | null {
  const ends = held.map((holding) => holding.expires_at?.getTime() ?? Infinity);
  const last = Math.max(...ends);
  return last === Infinity ? null : new Date(last);
}

function standing(plan: Plan, { grants, licenses }: Sources, plans: PlanCatalog, now: Date): EntitlementStatus {
  if (plans.isPaid(plan)) return 'licensed';
  if (plan !== 'free') return 'registered_free';
  if (licenses.some((license) => statusOf(license, now) === 'suspended')) return 'suspended';
  const paidOnce = grants.some((grant) => hasBegun(grant, now) && plans.isPaid(grant.plan));
  const soldOnce = licenses.some((license) => statusOf(license, now) === 'expired');
  return paidOnce || soldOnce ? 'expired' : 'unregistered';
}

function nextMoment({ grants, licenses }: Sources, now: Date): Date | null {
  const moments = [
    ...grants.flatMap((grant) => [hasBegun(grant, now) ? null : grant.effective_at, grant.expires_at]),
    ...licenses.filter((license) => !license.revoked_at).map((license) => license.expires_at),
  ];
  const ahead = moments.filter((moment) => moment !== null && moment > now).map((moment) => moment!.getTime());
  return ahead.length ? new Date(Math.min(...ahead)) : null;
}
