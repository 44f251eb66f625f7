import type { ChangePlanRequest } from '#contracts';
import { refuseField, timeOf } from '../clock/times.rules.js';
import type { Grant } from '../entitlements/entitlements.rules.js';

const PRINTABLE = /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u;
/** Together with those of the plans they still fit into a license token. */
const MOST_FEATURES = 32;
const MOST_BYTES = 2_048;

/** The grant that a plan change means. @throws Refusal `validation_failed` naming the field that makes no sense */
export function grantOf(request: ChangePlanRequest): Grant {
  const effective_at = timeOf('effective_at', request.effective_at);
  const expires_at = request.expires_at ? timeOf('expires_at', request.expires_at) : null;
  if (expires_at && expires_at <= effective_at) {
    throw refuseField('expires_at', 'too_small', 'expires_at must be after effective_at.');
  }
  return { source: 'billing', plan: request.plan, features: featuresOf(request), effective_at, expires_at };
}

/** `null`: the features of the plan. */
function featuresOf({ features }: ChangePlanRequest): string[] | null {
  if (!features) return null;
  if (features.length > MOST_FEATURES || Buffer.byteLength(JSON.stringify(features)) > MOST_BYTES) {
    const most = `at most ${MOST_FEATURES}, and ${MOST_BYTES} bytes of JSON`;
    throw refuseField('features', 'too_many', `features must be ${most}.`);
  }
  if (features.some((feature) => feature.length > 64 || !PRINTABLE.test(feature))) {
    throw refuseField('features', 'invalid_format', 'Each feature must be 1 to 64 printable characters.');
  }
  return features;
}
