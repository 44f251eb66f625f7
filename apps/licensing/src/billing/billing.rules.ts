import type { ChangePlanRequest } from '#contracts';
import { refuseField, timeOf } from '../clock/times.rules.js';
import type { Grant } from '../entitlements/entitlements.rules.js';

const PRINTABLE = /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u;
/** As many as a blob and a token can say. */
const MOST_FEATURES = 64;

/** The grant that a plan change means. @throws Refusal `validation_failed` naming the field that makes no sense */
export function grantOf(request: ChangePlanRequest): Grant {
  const effective_at = timeOf('effective_at', request.effective_at);
  const expires_at = request.expires_at ? timeOf('expires_at', request.expires_at) : null;
  if (expires_at && expires_at <= effective_at) {
    throw refuseField('expires_at', 'too_small', 'expires_at must be after effective_at.');
  }
  const features = request.features ?? null;
  if (features && features.length > MOST_FEATURES) {
    throw refuseField('features', 'too_many', `features must be at most ${MOST_FEATURES}.`);
  }
  if (features?.some((feature) => feature.length > 64 || !PRINTABLE.test(feature))) {
    throw refuseField('features', 'invalid_format', 'Each feature must be 1 to 64 printable characters.');
  }
  return { source: 'billing', plan: request.plan, features, effective_at, expires_at };
}
