import { Injectable } from '@nestjs/common';
import {
  GrantNotAllowed,
  type ClientPolicy,
  type ProviderStart,
  type StartProviderRequest,
  type UserActor,
} from '#contracts';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';
import { ATTEMPT_LIFE_MS, digestOf, newState } from './attempt.rules.js';
import { AttemptsInFlight } from './attempts-in-flight.service.js';
import { AttemptsRepository } from './attempts.repository.js';
import { ProviderList } from './provider-list.js';
import { chooseReturn } from './return-to.rules.js';

/** Sends browsers to providers. */
@Injectable()
export class ProviderStarts {
  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: Clients,
    private readonly providers: ProviderList,
    private readonly attempts: AttemptsRepository,
    private readonly inFlight: AttemptsInFlight,
  ) {}

  /**
   * Notes an attempt and says where the browser goes.
   * @param linkFor who gets the identity, when it is to be linked and nobody signed in
   * @throws Refusal `unknown_client`, `grant_not_allowed`, `provider_not_configured`, `validation_failed`
   */
  async start(input: StartProviderRequest, linkFor?: UserActor): Promise<ProviderStart> {
    const provider = this.providers.of(input.provider);
    const policy = this.clients.policyOf(input.client_id ?? linkFor?.client_id, 'oauth');
    this.assertMay(policy, linkFor !== undefined);
    const return_to = this.returnOf(policy, input.return_to);
    const state = newState();
    await this.attempts.add({
      state_hash: digestOf(state),
      browser_hash: digestOf(input.browser),
      provider: input.provider,
      client_id: policy.client_id,
      return_to,
      register: input.register === true,
      user_id: linkFor?.user_id ?? null,
      session_id: linkFor?.session_id ?? null,
      expires_at: new Date(Date.now() + ATTEMPT_LIFE_MS),
    });
    return { authorize_url: provider.authorizeUrl(this.inFlight.of(state, input.provider)) };
  }

  /** The hand-off is a cookie: a client that holds its tokens itself has the device flow instead. */
  private assertMay(policy: ClientPolicy, isLink: boolean): void {
    if (isLink) return;
    assertGrant(policy, 'oauth');
    if (policy.delivery !== 'cookie') throw GrantNotAllowed.with('This sign-in is handed over as a cookie.');
  }

  private returnOf(policy: ClientPolicy, asked: string | undefined): string {
    const { publicUrl, profile, frontendStandInUrl: standIn } = this.config;
    const known = profile === 'development' ? this.clients.list().clients : [];
    const origins = known.find((c) => c.client_id === policy.client_id)?.origins ?? [];
    const localOrigins = origins.filter((origin) => !policy.origins.includes(origin));
    return chooseReturn(asked, { policy, localOrigins, standIn, publicUrl });
  }
}
