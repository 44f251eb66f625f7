import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload } from 'jose';
import type { Outbound } from './outbound.service.js';
import { demand, ProviderProblem } from './provider.js';

/** By which ID tokens are measured. */
export interface IdTokenRules {
  issuer: string;
  client_id: string;
  jwks_url: string;
}

/** Providers sign with these; what else a header asks for is not done (R-OC4). */
const ALGORITHMS = ['RS256', 'ES256'];
const LEEWAY_SECONDS = 30;

/** Checks a provider’s ID tokens (OpenID Connect Core §3.1.3.7). Its keys are fetched when needed, and kept. */
export class IdTokens {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    private readonly rules: IdTokenRules,
    outbound: Outbound,
  ) {
    this.keys = createRemoteJWKSet(new URL(rules.jwks_url), {
      [customFetch]: async (url, { method, headers }) => {
        const { status, text } = await outbound.text(url, { method, headers });
        return new Response(text, { status });
      },
    });
  }

  /** The claims of a token that was made for this attempt. @throws ProviderProblem */
  async read(token: unknown, nonce: string): Promise<JWTPayload & { sub: string }> {
    demand(typeof token === 'string', 'there is no ID token');
    const claims = await this.verify(token);
    demand(claims['nonce'] === nonce, 'the ID token has another nonce');
    const { azp, aud } = claims as { azp?: unknown; aud?: unknown };
    const several = Array.isArray(aud) && aud.length > 1;
    demand(azp === this.rules.client_id || (azp === undefined && !several), 'the ID token is for another party');
    demand(typeof claims.sub === 'string' && claims.sub.length > 0 && claims.sub.length <= 255, 'nobody is named');
    return claims as JWTPayload & { sub: string };
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { issuer, client_id: audience } = this.rules;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: LEEWAY_SECONDS },
        requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      });
      return payload;
    } catch (error) {
      throw new ProviderProblem('provider_failed', `the ID token does not hold: ${(error as Error).message}`);
    }
  }
}
