import type { FastifyRequest } from 'fastify';
import {
  Flag,
  Text,
  type CallbackParameter,
  type FinishedProvider,
  type MfaChallenge,
  type ProviderName,
} from '#contracts';

/** The query of a start, and the body of a link’s start. */
export class StartQuery {
  @Text({ optional: true, max: 64 }) client_id?: string;
  @Flag({ optional: true, description: 'Make an account when nobody is known by this identity; default false.' })
  register?: boolean;
  @Text({ optional: true, max: 2048, description: 'One of the client’s `redirects`; default: the first.' })
  return_to?: string;
}

/** A browser’s secret between start and callback (R-OC1). `Lax`, because providers send browsers back by links. */
export const BROWSER_COOKIE = '__Host-gatehouse_browser';
/** The question for a second factor, between callback and frontend. */
export const CHALLENGE_COOKIE = '__Host-gatehouse_challenge';

const SHORT_COOKIE_SECONDS = 600;

/** A cookie of a few minutes as a `Set-Cookie` value. */
export const shortCookie = (name: string, value: string, seconds = SHORT_COOKIE_SECONDS): string =>
  `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`;

/** The provider of a route below `/v1/auth/<provider>`. */
export const providerIn = (request: FastifyRequest): ProviderName =>
  request.routeOptions.url!.split('/')[3] as ProviderName;

const MOST_PARAMETERS = 64;
const LONGEST_NAME = 256;
const LONGEST_VALUE = 8192;

/** The parameters of a callback as they came, doubles and all; none when they are more or longer than any provider’s. */
export function parametersOf(request: FastifyRequest): CallbackParameter[] {
  const query = request.raw.url?.split('?').slice(1).join('?') ?? '';
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
  const fits = ({ name, value }: CallbackParameter): boolean =>
    name.length > 0 && name.length <= LONGEST_NAME && value.length <= LONGEST_VALUE;
  return parameters.length <= MOST_PARAMETERS && parameters.every(fits) ? parameters : [];
}

/** Where the browser goes at the end: the frontend, told who came and whether they are new, and nothing else. */
export function arrivalOf({ return_to, error, user_id, is_new_user, signed_in }: FinishedProvider): string {
  const url = new URL(return_to);
  const says = error
    ? { error }
    : signed_in?.challenge
      ? { mfa_required: 'true' }
      : { user_id: user_id!, is_new_user: String(is_new_user ?? false) };
  for (const [name, value] of Object.entries(says)) url.searchParams.set(name, value);
  return url.href;
}

const encode = (challenge: MfaChallenge): string => Buffer.from(JSON.stringify(challenge)).toString('base64url');

export const challengeCookie = (challenge: MfaChallenge): string => shortCookie(CHALLENGE_COOKIE, encode(challenge));

/** The question in a cookie that {@link challengeCookie} made; nothing for anything else. */
export function challengeIn(cookie: string | undefined): MfaChallenge | undefined {
  try {
    const { mfa_required, mfa_token, methods } = JSON.parse(
      Buffer.from(cookie ?? '', 'base64url').toString('utf8'),
    ) as MfaChallenge;
    const isOne = mfa_required === true && typeof mfa_token === 'string' && Array.isArray(methods);
    return isOne ? { mfa_required, mfa_token, methods: methods.map(String) } : undefined;
  } catch {
    return undefined;
  }
}
