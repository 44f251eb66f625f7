import { PLANS, TIERS, type Plan, type Tier } from '#contracts';
import { PlanCatalog, type PlanRow } from './plan-catalog.js';
import { readRenewals } from './renewals.rules.js';

const DEFAULT_OFFLINE_DAYS = 30;
/** Of all plans together: with what billing may add they must fit into one license token. */
const MOST_FEATURES = 32;
const FEATURE = /^[a-z][a-z0-9_.]{0,63}$/;
const SECTIONS = ['plans', 'tiers', 'renewals'];
const MEMBERS = ['rank', 'features', 'max_offline_days'];

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDays = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 3650;

/** The catalog that the parsed file describes, or everything that is wrong with it. */
export function planCatalog(document: unknown): { catalog: PlanCatalog; problems: string[] } {
  const problems: string[] = [];
  const root = isObject(document) ? document : {};
  for (const member of Object.keys(root)) {
    if (!SECTIONS.includes(member)) problems.push(`${member}: is not known; only ${SECTIONS.join(', ')} are`);
  }
  const plans = readPlans(root.plans, problems);
  const tiers = readTiers(root.tiers, problems);
  const renewals = readRenewals(root.renewals, problems);
  return { catalog: new PlanCatalog(plans, tiers, renewals), problems };
}

function readPlans(value: unknown, problems: string[]): Map<Plan, PlanRow> {
  const rows = isObject(value) ? value : {};
  for (const name of Object.keys(rows)) {
    if (!PLANS.includes(name as Plan)) problems.push(`plans.${name}: is no plan; the plans are ${PLANS.join(', ')}`);
  }
  const plans = new Map(PLANS.map((name) => [name, readPlan(name, rows[name], problems)]));
  const features = new Set([...plans.values()].flatMap((plan) => plan.features));
  if (features.size > MOST_FEATURES) problems.push(`plans: must have at most ${MOST_FEATURES} different features`);
  for (const name of PLANS) {
    const rank = plans.get(name)!.rank;
    const twin = PLANS.slice(0, PLANS.indexOf(name)).find((other) => plans.get(other)!.rank === rank);
    if (twin && Number.isInteger(rank))
      problems.push(`plans.${name}.rank: ${twin} has the same rank; give each its own`);
    if (plans.get('free')!.rank > rank) problems.push(`plans.${name}.rank: must not be below the rank of free`);
  }
  return plans;
}

function readPlan(name: Plan, value: unknown, problems: string[]): PlanRow {
  const at = `plans.${name}`;
  const row = isObject(value) ? value : {};
  if (!isObject(value)) problems.push(`${at}: is missing; give it a rank and features`);
  for (const member of Object.keys(row)) {
    if (!MEMBERS.includes(member)) problems.push(`${at}.${member}: is not known; only ${MEMBERS.join(', ')} are`);
  }
  const { rank, features = [], max_offline_days: days = DEFAULT_OFFLINE_DAYS } = row;
  if (isObject(value) && !Number.isInteger(rank)) problems.push(`${at}.rank: must be a whole number`);
  if (!isDays(days)) problems.push(`${at}.max_offline_days: must be a whole number from 1 to 3650`);
  return {
    name,
    rank: rank as number,
    features: readFeatures(at, features, problems),
    max_offline_days: days as number,
  };
}

function readFeatures(at: string, value: unknown, problems: string[]): string[] {
  if (!Array.isArray(value)) {
    problems.push(`${at}.features: must be a list of names`);
    return [];
  }
  for (const feature of value) {
    if (typeof feature === 'string' && FEATURE.test(feature)) continue;
    problems.push(
      `${at}.features: ${JSON.stringify(feature)} is no feature name; use lower case, digits, dot, underscore`,
    );
  }
  return [...new Set(value as string[])].sort();
}

function readTiers(value: unknown, problems: string[]): Map<Tier, Plan> {
  const rows = isObject(value) ? value : {};
  for (const tier of Object.keys(rows)) {
    if (!TIERS.includes(tier as Tier)) problems.push(`tiers.${tier}: is no tier; the tiers are ${TIERS.join(', ')}`);
  }
  for (const tier of TIERS) {
    if (PLANS.includes(rows[tier] as Plan)) continue;
    problems.push(`tiers.${tier}: must name one of the plans ${PLANS.join(', ')}`);
  }
  return new Map(TIERS.map((tier) => [tier, rows[tier] as Plan]));
}
