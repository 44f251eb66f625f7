import { SecretText, Text } from '#contracts';

const REQUEST = { optional: true, max: 64, pattern: /^[A-Za-z0-9_-]+$/ } as const;

/** Which open request a page is about. */
export class RequestQuery {
  @Text({ max: 64, pattern: REQUEST.pattern }) request!: string;
}

export class SignInQuery {
  @Text(REQUEST) request?: string;
  @Text({ optional: true, max: 512, description: 'A page of ours to go on at.' }) return_to?: string;
}

export class SignInForm extends SignInQuery {
  @Text({ min: 0, max: 254 }) login!: string;
  @SecretText({ min: 0, max: 65_536 }) password!: string;
}

export class SecondFactorForm extends SignInQuery {
  @SecretText({ max: 1024 }) mfa_token!: string;
  @SecretText({ min: 0, max: 64 }) code!: string;
}

export class ConsentForm extends RequestQuery {
  @Text({ pattern: /^(allow|deny)$/ }) decision!: string;
}

/** OpenID Connect RP-Initiated Logout 1.0 §2. */
export class SignOutForm {
  @SecretText({ optional: true, max: 16_384 }) id_token_hint?: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
  @Text({ optional: true, max: 2048 }) post_logout_redirect_uri?: string;
  @Text({ optional: true, max: 2048 }) state?: string;
}

/** Pages of ours that somebody may ask to be sent to after signing in (R-SE14); what else stands in a link is ignored. */
const RETURNS = ['/', '/device', '/account', '/docs'];
const QUERY = /^[A-Za-z0-9=&_.~%-]*$/;

/** The path to go on at, when it is one of those that may be asked for. */
export function pageToReturnTo(text: string | undefined): string | undefined {
  const [path, query, ...more] = text?.split('?') ?? [];
  if (path === undefined || more.length || !RETURNS.includes(path) || !QUERY.test(query ?? '')) return undefined;
  return text;
}

/**
 * What a page's policy has to name so that its form may lead there: browsers hold redirects after a form against it.
 * A scheme alone for addresses that a policy cannot name.
 */
export function formTargetOf(uri: string): string {
  const { protocol, origin, hostname } = new URL(uri);
  if (protocol === 'https:') return origin;
  return protocol === 'http:' && hostname === '127.0.0.1' ? 'http://127.0.0.1:*' : protocol;
}
