import { createHash } from 'node:crypto';
import { addYears, type MintLicenseRequest } from '#contracts';
import { refuseField, timeOf } from '../clock/times.rules.js';

const LONGEST_YEARS = 100;

/** From when until when a license is sold; whole seconds, because its blob knows no smaller unit. */
export interface Terms {
  issued_at: Date;
  expires_at: Date;
}

/** A blob knows no smaller unit. */
export const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/**
 * The terms that a request asks for.
 * @throws Refusal `validation_failed` unless the end is ahead.
 */
export function termsOf(request: MintLicenseRequest, now: Date): Terms {
  const issued_at = wholeSeconds(now);
  if (request.expires_at === undefined) return { issued_at, expires_at: addYears(issued_at, request.years!) };
  const expires_at = wholeSeconds(timeOf('expires_at', request.expires_at));
  if (expires_at <= issued_at) throw refuseField('expires_at', 'too_small', 'expires_at must be in the future.');
  if (expires_at > addYears(issued_at, LONGEST_YEARS)) {
    throw refuseField('expires_at', 'too_large', `expires_at must be within ${LONGEST_YEARS} years.`);
  }
  return { issued_at, expires_at };
}

/** Refuses addresses whose quoted part hides control characters: they would end in a mail's headers. */
export function refuseHiddenControls(email: string): void {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(email)) {
    throw refuseField('email', 'invalid_email', 'email must have no control characters.');
  }
}

/** What two requests must share to count as the same one; the idempotency key itself is no part of it. */
export function bodyHash({ idempotency_key: _key, ...body }: MintLicenseRequest): string {
  const members = Object.entries(body).filter(([, value]) => value !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
