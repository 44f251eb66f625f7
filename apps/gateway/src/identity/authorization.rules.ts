import { pattern, SecretText, Text, Uuid, ValidationFailed } from '#contracts';

const REQUEST = {
  optional: true,
  max: 64,
  pattern: pattern(/^[A-Za-z0-9_-]+$/, 'the id of a sign-in request'),
} as const;

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

/** What is wrong with it is said on the page, so nothing is refused here but what is out of all measure. */
export class RegistrationForm extends SignInQuery {
  @Text({ min: 0, max: 512 }) email!: string;
  @Text({ min: 0, max: 512 }) username!: string;
  @SecretText({ min: 0, max: 65_536 }) password!: string;
}

/** A sign-in whose first factor was right. */
class SecondStep extends SignInQuery {
  @SecretText({ max: 1024 }) mfa_token!: string;
  @Text({ optional: true, max: 3, description: '`yes` when its person has passkeys.' }) passkeys?: string;
}

export class SecondFactorForm extends SecondStep {
  @SecretText({ min: 0, max: 64 }) code!: string;
}

const ANSWER = { max: 16_384, description: 'As JSON: what the authenticator answered.' };

export class PasskeyForm extends SignInQuery {
  @Uuid() ceremony_id!: string;
  @SecretText(ANSWER) credential!: string;
}

export class SecondPasskeyForm extends SecondStep {
  @Uuid() ceremony_id!: string;
  @SecretText(ANSWER) credential!: string;
}

/** How a provider’s callback ends; see `arrivalOf`. */
export class ArrivalQuery {
  @Text({ optional: true, max: 64 }) error?: string;
  @Text({ optional: true, max: 8 }) mfa_required?: string;
  @Text({ optional: true, max: 64 }) user_id?: string;
  @Text({ optional: true, max: 8 }) is_new_user?: string;
}

export class ConsentForm extends RequestQuery {
  @Text({ pattern: pattern(/^(allow|deny)$/, '`allow` or `deny`') }) decision!: string;
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

/** What is kept of where a sign-in is to go on. */
export const targetOf = ({ request, return_to }: SignInQuery): SignInQuery => ({
  request,
  return_to: pageToReturnTo(return_to),
});

/** The authenticator’s answer in a form. @throws Refusal `validation_failed` */
export function credentialIn({ credential }: { credential: string }): Record<string, unknown> {
  const refusal = { field: 'credential', code: 'invalid_type', detail: 'This is no JSON object.' };
  try {
    const read: unknown = JSON.parse(credential);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // The refusal below says it.
  }
  throw ValidationFailed.with({ errors: [refusal] });
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
