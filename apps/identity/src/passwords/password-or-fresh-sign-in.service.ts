import { Injectable } from '@nestjs/common';
import { InsufficientUserAuthentication, type UserActor } from '#contracts';
import { PasswordConfirmation } from './password-confirmation.service.js';

/** A sign-in counts as fresh for this long (R-SE7). */
const FRESH_SECONDS = 300;

/** Asks for the password, or for a sign-in that is no older than five minutes: people without a password have only that. */
@Injectable()
export class PasswordOrFreshSignIn {
  constructor(private readonly confirmation: PasswordConfirmation) {}

  /** @throws Refusal `insufficient_user_authentication`; what {@link PasswordConfirmation.confirm} throws */
  async demand(actor: UserActor, password: string | undefined, deadline: number): Promise<void> {
    if (password !== undefined) {
      await this.confirmation.confirm(actor, password, deadline);
      return;
    }
    if (Date.now() / 1_000 - actor.auth_time <= FRESH_SECONDS) return;
    throw InsufficientUserAuthentication.with({
      detail: 'Give the password, or sign in again: this needs a sign-in that is at most 5 minutes old.',
      members: { max_age: FRESH_SECONDS },
    });
  }
}
