import { allErrors, type ErrorKind, type FieldError, type Refusal } from '#contracts';

/** The one table from what went wrong to the HTTP status. */
export const STATUS_OF: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  upgrade_required: 426,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

/** RFC 9457 problem document. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  instance: string;
  request_id: string;
  errors?: FieldError[];
  [member: string]: unknown;
}

/** Where the request stands that a problem is about. */
export interface ProblemContext {
  publicUrl: string;
  /** Path without query: queries hold tokens. */
  instance: string;
  requestId: string;
}

/** Address of the page that explains an error code. */
const problemType = (publicUrl: string, code: string): string => `${publicUrl}/docs/errors#${code}`;

export function problemOf(refusal: Refusal, at: ProblemContext): Problem {
  const { detail, errors, members } = refusal.extras;
  return {
    ...members,
    type: problemType(at.publicUrl, refusal.code),
    title: refusal.title,
    status: STATUS_OF[refusal.kind],
    detail: detail ?? refusal.title,
    code: refusal.code,
    instance: at.instance,
    request_id: at.requestId,
    ...(errors?.length ? { errors } : {}),
  };
}

/** RFC 6749 §5.2 and RFC 7009 §2.2.1: error codes of OAuth for ours; by kind where no code is listed. */
const OAUTH_CODES: Readonly<Record<string, string>> = {
  refresh_token_invalid: 'invalid_grant',
  refresh_token_expired: 'invalid_grant',
  refresh_token_reused: 'invalid_grant',
  invalid_credentials: 'invalid_grant',
  invalid_grant: 'invalid_grant',
  unknown_client: 'invalid_client',
  client_authentication_failed: 'invalid_client',
  grant_not_allowed: 'unauthorized_client',
  authorization_pending: 'authorization_pending',
  slow_down: 'slow_down',
  access_denied: 'access_denied',
  expired_token: 'expired_token',
  unsupported_grant_type: 'unsupported_grant_type',
  unsupported_token_type: 'unsupported_token_type',
  invalid_scope: 'invalid_scope',
  mfa_required: 'mfa_required',
};
const OAUTH_KINDS: Partial<Record<ErrorKind, string>> = {
  forbidden: 'unauthorized_client',
  rate_limited: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal: 'server_error',
};

/** RFC 6749 §5.2, with what the refusal adds. */
export interface OAuthError {
  error: string;
  error_description: string;
  [member: string]: unknown;
}

/** The OAuth error answer for a refusal: its body, and its status, which RFC 6749 fixes at 400 or 401. */
export function oauthErrorOf(refusal: Refusal): { status: number; body: OAuthError } {
  const error = OAUTH_CODES[refusal.code] ?? OAUTH_KINDS[refusal.kind] ?? 'invalid_request';
  const own = STATUS_OF[refusal.kind];
  const status = error === 'invalid_client' ? 401 : own >= 413 ? own : 400;
  // Only these characters may stand in an error_description (RFC 6749 §5.2).
  const description = (refusal.extras.detail ?? refusal.title).replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?');
  return { status, body: { ...refusal.extras.members, error, error_description: description } };
}

/**
 * The challenge that goes with a 401 (RFC 6750 §3).
 * @param bearerSent whether the request had a bearer token
 */
export function challengeOf(refusal: Refusal, bearerSent: boolean): string {
  const { code } = refusal;
  if (code === 'insufficient_user_authentication') {
    const { max_age, acr_values } = refusal.extras.members ?? {};
    const age = max_age === undefined ? '' : `, max_age=${max_age}`;
    const acr = acr_values === undefined ? '' : `, acr_values="${acr_values}"`;
    return `Bearer error="insufficient_user_authentication"${age}${acr}`;
  }
  if (code === 'insufficient_scope') return 'Bearer error="insufficient_scope"';
  const bad = code === 'invalid_token' || (bearerSent && code === 'unauthenticated');
  return bad ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** Seconds after which to come back, when the refusal does not say. */
export function retryAfterOf(refusal: Refusal): number | undefined {
  if (refusal.kind !== 'rate_limited' && refusal.kind !== 'unavailable') return undefined;
  return Math.max(1, Math.ceil(refusal.extras.retry_after ?? 1));
}

/** Error codes with their titles and statuses, for the reference. */
export const errorCatalog = (): { code: string; title: string; status: number }[] =>
  allErrors().map(({ code, title, kind }) => ({ code, title, status: STATUS_OF[kind] }));
