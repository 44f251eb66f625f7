import { Injectable } from '@nestjs/common';
import type { Callback } from './callback.rules.js';
import { IdTokens } from './id-tokens.js';
import { authorizeUrl, codeOf, exchange } from './oauth-code.js';
import { Outbound } from './outbound.service.js';
import type { Attempt, Profile, Provider } from './provider.js';
import { ProvidersConfig } from './providers.config.js';

/** Twitch puts into an ID token what is asked for by name. */
const CLAIMS = JSON.stringify({ id_token: { email: null, email_verified: null, preferred_username: null } });

/** Twitch: OpenID Connect. It passes PKCE over in silence; state and nonce bind the answer all the same (R-OC1). */
@Injectable()
export class Twitch implements Provider {
  readonly name = 'twitch';
  private readonly idTokens?: IdTokens;

  constructor(
    private readonly config: ProvidersConfig,
    private readonly outbound: Outbound,
  ) {
    if (!this.configured) return;
    const { twitchUrl, twitchClientId: client_id } = config;
    this.idTokens = new IdTokens({ issuer: twitchUrl, client_id, jwks_url: `${twitchUrl}/keys` }, outbound);
  }

  get configured(): boolean {
    return Boolean(this.config.twitchClientId);
  }

  authorizeUrl(attempt: Attempt): string {
    const { twitchUrl, twitchClientId } = this.config;
    const more = { scope: 'openid user:read:email', nonce: attempt.nonce, claims: CLAIMS };
    return authorizeUrl(`${twitchUrl}/authorize`, twitchClientId, attempt, more);
  }

  async identify(callback: Callback, attempt: Attempt): Promise<Profile> {
    const { twitchUrl, twitchClientId: client_id, twitchClientSecret: client_secret } = this.config;
    const grant = { code: codeOf(callback), attempt };
    const tokens = await exchange(this.outbound, `${twitchUrl}/token`, { client_id, client_secret }, grant);
    const claims = await this.idTokens!.read(tokens['id_token'], attempt.nonce);
    const { sub, email, email_verified, preferred_username: name } = claims;
    return {
      subject: sub,
      label: typeof name === 'string' ? name : null,
      verified_email: email_verified === true && typeof email === 'string' ? email : null,
    };
  }
}
