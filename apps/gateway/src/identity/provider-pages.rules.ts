import type { ProviderRefusal } from '#contracts';
import { targetOf, type SignInQuery } from './authorization.rules.js';

/** Where a sign-in goes on that is with a provider at the moment. */
export const TARGET_COOKIE = '__Host-gatehouse_target';

/** A target as the value of a cookie. */
export const writeTarget = (target: SignInQuery): string => {
  const known = Object.entries(targetOf(target)).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(known).toString();
};

/** The target in a cookie; what {@link writeTarget} would not have written is left out. */
export function targetIn(cookie: string | undefined): SignInQuery {
  const written = new URLSearchParams(cookie);
  const [request, return_to] = ['request', 'return_to'].map((name) => written.get(name) ?? undefined);
  return targetOf({ request: request && /^[\w-]{1,64}$/.test(request) ? request : undefined, return_to });
}

const PROBLEMS: Partial<Record<ProviderRefusal, string>> = {
  access_denied: 'You have not agreed there. Try again, or sign in another way.',
  email_taken: 'There is an account with this address. Sign in to it, then connect the other one.',
  not_registered: 'Nobody here is known by that account.',
  sign_in_refused: 'This account cannot sign in.',
  state_invalid: 'That took too long, or was begun in another browser. Please try again.',
};

/** In words, why a provider’s callback brought nobody. */
export const arrivalProblem = (error: string | undefined): string =>
  (Object.hasOwn(PROBLEMS, error ?? '') ? PROBLEMS[error as ProviderRefusal] : undefined) ??
  'That did not work. Try again, or sign in another way.';
