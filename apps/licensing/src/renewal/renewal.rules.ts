import { addYears } from '#contracts';
import type { RenewalPolicy } from '../plans/plan-catalog.js';
import type { Terms } from '../licenses/license-terms.rules.js';

const DAY = 86_400_000;
/** Presses of the button so close together are one (P7), even when more than one renewal is paid for. */
const ONE_PRESS_MS = 10 * 60_000;
/** For so long the same question without a new right gets the same blob again. */
const SAME_ANSWER_MS = DAY;

/** What a renewal depends on. */
export interface RenewalCase {
  now: Date;
  expires_at: Date;
  renewed_at: Date | null;
  /** Years that an order has paid for. */
  paid_years: number | null;
  policy: RenewalPolicy;
}

export type RenewalDecision = { renew: 'now'; years: number } | { renew: 'done' } | { renew: 'not_paid' };

/** Whether a license is renewed: by an order that paid, or as its tier allows it; and what counts as asked already. */
export function decideRenewal({ now, expires_at, renewed_at, paid_years, policy }: RenewalCase): RenewalDecision {
  const since = renewed_at ? now.getTime() - renewed_at.getTime() : Infinity;
  if (since < ONE_PRESS_MS) return { renew: 'done' };
  if (paid_years !== null) return { renew: 'now', years: paid_years };
  const left = expires_at.getTime() - now.getTime();
  if (policy.free_within_days > 0 && left <= policy.free_within_days * DAY)
    return { renew: 'now', years: policy.years };
  return since < SAME_ANSWER_MS ? { renew: 'done' } : { renew: 'not_paid' };
}

/** The new terms: what is left of the old ones is kept. */
export function renewedTerms(expires_at: Date, years: number, now: Date): Terms {
  const issued_at = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { issued_at, expires_at: addYears(expires_at > issued_at ? expires_at : issued_at, years) };
}
