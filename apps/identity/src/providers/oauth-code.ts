import { createHash } from 'node:crypto';
import type { Callback } from './callback.rules.js';
import type { Outbound } from './outbound.service.js';
import { demand, ProviderProblem, type Attempt } from './provider.js';

/** What we are at a provider. */
export interface Registration {
  client_id: string;
  client_secret: string;
}

type Members = Record<string, unknown>;

/** The members of a JSON object; none for anything else. */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** The address of an authorization request with PKCE (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export function authorizeUrl(
  endpoint: string,
  clientId: string,
  attempt: Attempt,
  more: Record<string, string>,
): string {
  const url = new URL(endpoint);
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: attempt.redirect_uri,
    state: attempt.state,
    code_challenge: createHash('sha256').update(attempt.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * The code of a callback.
 * @param issuer what a parameter `iss` has to say, where the provider sends one (RFC 9207)
 * @throws ProviderProblem `access_denied` when the person said no
 */
export function codeOf(callback: Callback, issuer?: string): string {
  const iss = callback.get('iss');
  demand(issuer === undefined || iss === undefined || iss === issuer, 'the callback names another issuer');
  const error = callback.get('error');
  if (error === 'access_denied') throw new ProviderProblem('access_denied', 'the person said no');
  demand(error === undefined, 'the provider answers with an error');
  const code = callback.get('code');
  demand(code !== undefined && code.length > 0, 'the callback has no code');
  return code;
}

/** Exchanges a code for tokens (RFC 6749 §4.1.3). @throws ProviderProblem */
export async function exchange(
  outbound: Outbound,
  endpoint: string,
  { client_id, client_secret }: Registration,
  grant: { code: string; attempt: Attempt },
): Promise<Members> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.attempt.redirect_uri,
    code_verifier: grant.attempt.verifier,
    client_id,
    client_secret,
  });
  const answer = await outbound.json(endpoint, { method: 'POST', body });
  const tokens = membersOf(answer.body);
  // GitHub tells of a bad code with 200.
  demand(answer.status === 200 && tokens['error'] === undefined, `the code was refused with ${answer.status}`);
  return tokens;
}
