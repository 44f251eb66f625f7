import { TIERS, type Tier } from '#contracts';
import type { RenewalPolicy } from './plan-catalog.js';

type Members = Record<string, unknown>;

const MEMBERS = ['years', 'free_within_days', 'checkout_url'];

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWhole = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

function isWebAddress(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:';
}

/** On what terms each tier is renewed, as the section `renewals` says. */
export function readRenewals(value: unknown, problems: string[]): Map<Tier, RenewalPolicy> {
  const rows = isObject(value) ? value : {};
  for (const tier of Object.keys(rows)) {
    if (!TIERS.includes(tier as Tier)) {
      problems.push(`renewals.${tier}: is no tier; the tiers are ${TIERS.join(', ')}`);
    }
  }
  return new Map(TIERS.map((tier) => [tier, readPolicy(`renewals.${tier}`, rows[tier], problems)]));
}

function readPolicy(at: string, value: unknown, problems: string[]): RenewalPolicy {
  const row = isObject(value) ? value : {};
  for (const member of Object.keys(row)) {
    if (!MEMBERS.includes(member)) problems.push(`${at}.${member}: is not known; only ${MEMBERS.join(', ')} are`);
  }
  const { years = 1, free_within_days = 0, checkout_url } = row;
  if (!isWhole(years, 1, 100)) problems.push(`${at}.years: must be a whole number from 1 to 100`);
  if (!isWhole(free_within_days, 0, 3650)) {
    problems.push(`${at}.free_within_days: must be a whole number from 0 to 3650`);
  }
  if (!isWebAddress(checkout_url)) problems.push(`${at}.checkout_url: must be an https address where it is paid for`);
  return { years: years as number, free_within_days: free_within_days as number, checkout_url: checkout_url as string };
}
