import { error, type ErrorSpec, type Refusal } from '../errors.js';

/** Not yet decided: ask again after the interval (RFC 8628 §3.5). */
export const AuthorizationPending = error(
  'authorization_pending',
  'invalid',
  'Nobody has approved or denied the device yet.',
);
export const SlowDown = error('slow_down', 'invalid', 'The device asks too often; its interval is longer from now on.');
export const AccessDenied = error('access_denied', 'invalid', 'The device was denied.');
export const ExpiredToken = error('expired_token', 'invalid', 'The device code has expired or was used; start again.');
export const UserCodeInvalid = error(
  'user_code_invalid',
  'invalid',
  'There is no device waiting for this code. It may have expired.',
);

/** A refusal of a poll, with the code also where OAuth clients look for it. */
export const pollRefusal = (spec: ErrorSpec, more: Record<string, number> = {}): Refusal =>
  spec.with({ members: { error: spec.code, ...more } });
