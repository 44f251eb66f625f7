import { Injectable } from '@nestjs/common';
import type { Callback } from './callback.rules.js';
import { IdTokens } from './id-tokens.js';
import { authorizeUrl, codeOf, exchange } from './oauth-code.js';
import { Outbound } from './outbound.service.js';
import type { Attempt, Profile, Provider } from './provider.js';
import { ProvidersConfig } from './providers.config.js';

/** Google: OpenID Connect. All that is needed stands in the ID token; no other token is used or kept (R-OC6). */
@Injectable()
export class Google implements Provider {
  readonly name = 'google';
  private readonly idTokens?: IdTokens;

  constructor(
    private readonly config: ProvidersConfig,
    private readonly outbound: Outbound,
  ) {
    if (!this.configured) return;
    const { googleIssuer: issuer, googleClientId: client_id, googleJwksUrl: jwks_url } = config;
    this.idTokens = new IdTokens({ issuer, client_id, jwks_url }, outbound);
  }

  get configured(): boolean {
    return Boolean(this.config.googleClientId);
  }

  authorizeUrl(attempt: Attempt): string {
    const { googleAuthorizeUrl, googleClientId } = this.config;
    const more = { scope: 'openid email profile', nonce: attempt.nonce };
    return authorizeUrl(googleAuthorizeUrl, googleClientId, attempt, more);
  }

  async identify(callback: Callback, attempt: Attempt): Promise<Profile> {
    const { googleTokenUrl, googleClientId: client_id, googleClientSecret: client_secret, googleIssuer } = this.config;
    const grant = { code: codeOf(callback, googleIssuer), attempt };
    const tokens = await exchange(this.outbound, googleTokenUrl, { client_id, client_secret }, grant);
    const { sub, email, email_verified, name } = await this.idTokens!.read(tokens['id_token'], attempt.nonce);
    return {
      subject: sub,
      label: typeof name === 'string' ? name : null,
      verified_email: email_verified === true && typeof email === 'string' ? email : null,
    };
  }
}
