import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import {
  IdentityRefused,
  Refusal,
  type Call,
  type FinishedProvider,
  type FinishProviderRequest,
  type ProviderRefusal,
} from '#contracts';
import { Outbox } from '#persistence';
import { IdentityConfig } from '../identity.config.js';
import { digestOf } from './attempt.rules.js';
import { AttemptsRepository, type ProviderAttempt } from './attempts.repository.js';
import { Callback } from './callback.rules.js';
import { ProviderEntries } from './provider-entries.service.js';
import { ProviderProblem } from './provider.js';

/** Refusals of ours by their code, as the frontend is told; what is not listed is the provider’s failure or ours. */
const REASONS: Record<string, ProviderRefusal> = {
  email_taken: 'email_taken',
  identity_taken: 'identity_taken',
  sign_in_refused: 'sign_in_refused',
  invalid_credentials: 'sign_in_refused',
  invalid_token: 'state_invalid',
  grant_not_allowed: 'sign_in_refused',
  unavailable: 'temporarily_unavailable',
  overloaded: 'temporarily_unavailable',
  sealed: 'temporarily_unavailable',
};

/**
 * Takes browsers back from providers. However it ends, the browser goes to the frontend from which it came; a failure
 * leaves nothing behind but a spent state (R-OC7).
 */
@Injectable()
export class ProviderCallbacks {
  constructor(
    private readonly config: IdentityConfig,
    private readonly attempts: AttemptsRepository,
    private readonly entries: ProviderEntries,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {}

  /** Runs in no transaction: no connection waits for a provider. */
  async finish({ provider, parameters, browser }: FinishProviderRequest, call: Call): Promise<FinishedProvider> {
    const callback = new Callback(parameters);
    const state = callback.get('state') ?? '';
    const keys = { state_hash: digestOf(state), browser_hash: digestOf(browser ?? ''), provider };
    const attempt = await this.attempts.consume(keys);
    if (!attempt) {
      const return_to = (await this.attempts.returnOf(keys.state_hash)) ?? `${this.config.publicUrl}/`;
      return { return_to, error: 'state_invalid' };
    }
    try {
      return { return_to: attempt.return_to, ...(await this.entries.enter(attempt, { callback, state, call })) };
    } catch (error) {
      return this.refuse(attempt, error);
    }
  }

  /** @throws whatever is neither the provider’s failure nor a refusal of ours */
  private async refuse(attempt: ProviderAttempt, error: unknown): Promise<FinishedProvider> {
    const { provider, client_id, user_id, return_to } = attempt;
    const reason = reasonOf(error);
    if (!reason) throw error;
    if (error instanceof ProviderProblem) {
      this.log.info('a provider’s callback was refused', { provider, reason, why: error.message });
    }
    await this.outbox.append(IdentityRefused, { provider, client_id, user_id, reason });
    return { return_to, error: reason };
  }
}

function reasonOf(error: unknown): ProviderRefusal | undefined {
  if (error instanceof ProviderProblem) return error.reason;
  return error instanceof Refusal ? REASONS[error.code] : undefined;
}
