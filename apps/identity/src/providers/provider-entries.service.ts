import { Injectable } from '@nestjs/common';
import type { Call, FinishedProvider } from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { IdentityEntry } from '../identities/identity-entry.service.js';
import { IdentityLinks } from '../identities/identity-links.service.js';
import type { ProvenIdentity } from '../identities/proven-identity.js';
import { AttemptsInFlight } from './attempts-in-flight.service.js';
import type { ProviderAttempt } from './attempts.repository.js';
import type { Callback } from './callback.rules.js';
import { ProviderList } from './provider-list.js';
import { ProviderProblem } from './provider.js';

/** What came back with the browser. */
export interface Arrival {
  callback: Callback;
  state: string;
  call: Call;
}

type Outcome = Omit<FinishedProvider, 'return_to' | 'error'>;

/** Finds out who came back, and lets them in or links them. */
@Injectable()
export class ProviderEntries {
  constructor(
    private readonly inFlight: AttemptsInFlight,
    private readonly providers: ProviderList,
    private readonly clients: Clients,
    private readonly entry: IdentityEntry,
    private readonly links: IdentityLinks,
  ) {}

  /** @throws ProviderProblem, Refusal */
  async enter(attempt: ProviderAttempt, arrival: Arrival): Promise<Outcome> {
    const identity = await this.identify(attempt, arrival);
    const { user_id, session_id } = attempt;
    if (user_id && session_id) return this.link({ user_id, session_id }, identity);
    const policy = this.clients.policyOf(attempt.client_id);
    const entered = await this.entry.enter(identity, {
      ...{ policy, grant: 'oauth', amr: ['fed'], origin: arrival.call.origin },
      register: attempt.register,
    });
    if (!entered) throw new ProviderProblem('not_registered', 'nobody is known by this identity');
    return entered;
  }

  private async identify(attempt: ProviderAttempt, { callback, state }: Arrival): Promise<ProvenIdentity> {
    if (callback.hasDuplicates) throw new ProviderProblem('provider_failed', 'a parameter came twice');
    const whole = this.inFlight.of(state, attempt.provider);
    const profile = await this.providers.of(attempt.provider).identify(callback, whole);
    return { kind: attempt.provider, ...profile };
  }

  private async link(owner: { user_id: string; session_id: string }, identity: ProvenIdentity): Promise<Outcome> {
    await this.links.link(owner, identity);
    return { user_id: owner.user_id, is_new_user: false };
  }
}
