import { Injectable } from '@nestjs/common';
import {
  InsufficientUserAuthentication,
  TokenInvalid,
  type Call,
  type DeleteAccountRequest,
  type EndedSessions,
  type UserActor,
} from '#contracts';
import { Transactions } from '#persistence';
import { MailTokens } from '../email/mail-tokens.service.js';
import { PasswordConfirmation } from '../passwords/password-confirmation.service.js';
import { AccountDeletion } from './account-deletion.service.js';
import { ErasureWorker } from './erasure-worker.js';

/** A sign-in this fresh is as good as the password again, in seconds. */
const FRESH = 300;

/** Deletion by the person whose account it is. */
@Injectable()
export class OwnDeletion {
  constructor(
    private readonly tx: Transactions,
    private readonly passwords: PasswordConfirmation,
    private readonly deletion: AccountDeletion,
    private readonly tokens: MailTokens,
    private readonly worker: ErasureWorker,
  ) {}

  /**
   * @throws Refusal `insufficient_user_authentication` without a password and without a fresh sign-in;
   * `invalid_credentials`, `rate_limited`, `overloaded`, `last_admin`, `invalid_token`
   */
  async delete(actor: UserActor, { password }: DeleteAccountRequest, { deadline }: Call): Promise<EndedSessions> {
    if (password !== undefined) await this.passwords.confirm(actor, password, deadline);
    else assertFresh(actor);
    const ended = await this.tx.run(() => this.deletion.close(actor.user_id));
    this.worker.wake();
    return ended;
  }

  /** Uses the mailed token up. @throws Refusal `token_invalid` */
  async undo(token: string): Promise<void> {
    const used = await this.tokens.consume('undo_deletion', token);
    if (!used) throw TokenInvalid.with();
    await this.deletion.reopen(used.user_id);
  }
}

function assertFresh({ auth_time }: UserActor): void {
  if (Date.now() / 1_000 - auth_time <= FRESH) return;
  throw InsufficientUserAuthentication.with({
    detail: `Send the password, or sign in again: this needs a sign-in that is at most ${FRESH / 60} minutes old.`,
    members: { max_age: FRESH },
  });
}
