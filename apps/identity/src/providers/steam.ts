import { Injectable } from '@nestjs/common';
import type { Callback } from './callback.rules.js';
import { Outbound } from './outbound.service.js';
import { demand, ProviderProblem, type Attempt, type Profile, type Provider } from './provider.js';
import { ProvidersConfig } from './providers.config.js';
import { SpentNoncesRepository } from './spent-nonces.repository.js';
import { assertPositive, NS, NONCE_LIFE_MS, readAssertion, SELECT, verificationOf } from './steam.rules.js';

/** Steam: OpenID 2.0 without association; each assertion is checked with Steam itself (§11.4.2). */
@Injectable()
export class Steam implements Provider {
  readonly name = 'steam';

  constructor(
    private readonly config: ProvidersConfig,
    private readonly outbound: Outbound,
    private readonly spent: SpentNoncesRepository,
  ) {}

  get configured(): boolean {
    return this.config.steamSignIn === true;
  }

  authorizeUrl(attempt: Attempt): string {
    const url = new URL(this.config.steamOpenidUrl);
    const parameters = {
      'openid.ns': NS,
      'openid.mode': 'checkid_setup',
      'openid.return_to': returnTo(attempt),
      'openid.realm': new URL(attempt.redirect_uri).origin,
      'openid.identity': SELECT,
      'openid.claimed_id': SELECT,
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  async identify(callback: Callback, attempt: Attempt): Promise<Profile> {
    const endpoint = this.config.steamOpenidUrl;
    if (callback.get('openid.mode') === 'cancel') throw new ProviderProblem('access_denied', 'the person said no');
    const assertion = readAssertion(callback, { endpoint, returnTo: returnTo(attempt), now: Date.now() });
    // Never to an address from the request (R-ST2).
    const answer = await this.outbound.text(endpoint, { method: 'POST', body: verificationOf(callback) });
    assertPositive(answer);
    const life = new Date(assertion.nonceAt + 2 * NONCE_LIFE_MS);
    demand(await this.spent.spend(`steam ${assertion.nonce}`, life), 'the nonce was used before');
    return { subject: assertion.steamId, label: null, verified_email: null };
  }
}

const returnTo = ({ redirect_uri, state }: Attempt): string => `${redirect_uri}?state=${state}`;
