import { addYears, type Tier } from '#contracts';
import { wholeSeconds } from '../licenses/license-terms.rules.js';

export interface LicenseTerms {
  tier: Tier;
  expires_at: Date;
}

export interface WantedTerms extends LicenseTerms {
  requested_by: string;
}

interface Ending {
  issued_at: Date;
  expires_at: Date;
}

/** How the holder is told of other terms: a later end and another tier are worth a mail, an earlier end is not. */
export function changeOf(
  from: LicenseTerms,
  to: LicenseTerms,
): { reason: 'renewed' | 'changed'; mail: boolean } | null {
  const later = to.expires_at.getTime() - from.expires_at.getTime();
  if (from.tier !== to.tier) return { reason: 'changed', mail: true };
  if (later === 0) return null;
  return later > 0 ? { reason: 'renewed', mail: true } : { reason: 'changed', mail: false };
}

/** From when on the new blob says it is valid; one that ends in the past, from when the license was sold. */
export function issuedFor(license: { issued_at: Date }, expiresAt: Date, now: Date): Date {
  const issued = wholeSeconds(now);
  return expiresAt > issued ? issued : license.issued_at;
}

/** The end of a license whose sales pay until `paid`: what it was given on top of its sales it keeps. */
export function endOf(license: Ending & { paid_until: Date | null }, paid: Date): Date {
  const onTop = license.paid_until ? license.expires_at.getTime() - license.paid_until.getTime() : 0;
  return afterIssue(license, new Date(wholeSeconds(paid).getTime() + Math.max(onTop, 0)));
}

/** The end of a license without the years of a renewal. */
export function endWithout(license: Ending, years: number): Date {
  return afterIssue(license, addYears(license.expires_at, -years));
}

/** A license ends a second after it was issued at the earliest: what never was cannot be written down. */
const afterIssue = ({ issued_at }: Ending, end: Date): Date =>
  end > issued_at ? end : new Date(issued_at.getTime() + 1_000);
