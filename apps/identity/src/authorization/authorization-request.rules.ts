import type { AuthorizationParameters, ClientPolicy } from '#contracts';

/** What an application asks for, read and found to be in order. */
export interface AuthorizationRequest {
  client_id: string;
  redirect_uri: string;
  scopes: string[];
  code_challenge: string;
  prompt: Prompt[];
  state?: string;
  nonce?: string;
  /** Seconds since the person last showed a credential, at most. */
  max_age?: number;
  login_hint?: string;
}

/** What goes back to the application instead of a code (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
export interface RequestProblem {
  error: string;
  error_description: string;
}

export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** Base64url of a SHA-256 digest (RFC 7636 §4.2). */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

const words = (text = ''): string[] => [...new Set(text.split(' ').filter(Boolean))];

/**
 * Reads the parameters of a client's request whose address to return to is good already.
 * @returns the request, or what the application is told about it
 */
export function readAuthorizationRequest(
  p: AuthorizationParameters,
  policy: ClientPolicy,
): AuthorizationRequest | RequestProblem {
  const [scopes, prompt] = [words(p.scope).filter((scope) => policy.scopes.includes(scope)), words(p.prompt)];
  const problem = problemOf(p, policy, scopes, prompt);
  if (problem) return { error: problem[0], error_description: problem[1] };
  return {
    client_id: policy.client_id,
    redirect_uri: p.redirect_uri!,
    scopes,
    code_challenge: p.code_challenge!,
    prompt: prompt as Prompt[],
    ...(p.state ? { state: p.state } : {}),
    ...(p.nonce ? { nonce: p.nonce } : {}),
    ...(p.max_age ? { max_age: Number(p.max_age) } : {}),
    ...(p.login_hint ? { login_hint: p.login_hint } : {}),
  };
}

type Check = [applies: boolean, error: string, description: string];

/** The first thing that is wrong. */
function problemOf(
  p: AuthorizationParameters,
  policy: ClientPolicy,
  scopes: string[],
  prompt: string[],
): [string, string] | undefined {
  const checks: Check[] = [
    [!!p.request, 'request_not_supported', 'Request objects are not supported.'],
    [!!p.request_uri, 'request_uri_not_supported', 'Request objects are not supported.'],
    [!p.response_type, 'invalid_request', 'response_type is required.'],
    [p.response_type !== 'code', 'unsupported_response_type', 'The only response_type is code.'],
    [!!p.response_mode && p.response_mode !== 'query', 'invalid_request', 'The only response_mode is query.'],
    [!policy.grants.includes('authorization_code'), 'unauthorized_client', 'The client may not use this grant.'],
    ...pkceChecks(p),
    [!scopes.length, 'invalid_scope', 'None of the scopes asked for is one of the client.'],
    [!!p.max_age && !/^\d{1,9}$/.test(p.max_age), 'invalid_request', 'max_age is a number of seconds.'],
    [!prompt.every((word) => PROMPTS.includes(word as Prompt)), 'invalid_request', 'prompt has an unknown value.'],
    [prompt.includes('none') && prompt.length > 1, 'invalid_request', 'prompt=none stands alone.'],
  ];
  const [, error, description] = checks.find(([applies]) => applies) ?? [];
  return error === undefined ? undefined : [error, description!];
}

/** PKCE is for every client, and `plain` for none (R-AS2): a method that is left out would be `plain`. */
const pkceChecks = ({ code_challenge, code_challenge_method }: AuthorizationParameters): Check[] => [
  [!code_challenge, 'invalid_request', 'code_challenge is required (RFC 7636).'],
  [code_challenge_method !== 'S256', 'invalid_request', 'The only code_challenge_method is S256.'],
  [!CHALLENGE.test(code_challenge ?? ''), 'invalid_request', 'code_challenge is no SHA-256 digest.'],
];
