import { Injectable } from '@nestjs/common';
import { InvalidCredentials, type ChangePasswordRequest, type EndedSessions, type UserActor } from '#contracts';
import { Transactions } from '#persistence';
import { ChangedPasswords } from './changed-passwords.service.js';
import { NewPasswords } from './new-passwords.service.js';
import { PasswordConfirmation } from './password-confirmation.service.js';
import { PasswordHoldersRepository } from './password-holders.repository.js';

/** A person replaces the own password. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly tx: Transactions,
    private readonly confirmation: PasswordConfirmation,
    private readonly passwords: NewPasswords,
    private readonly holders: PasswordHoldersRepository,
    private readonly changed: ChangedPasswords,
  ) {}

  /**
   * Needs the present password, whatever the session (R-PW9). Of two changes at once from the same password one wins.
   * @throws Refusal `invalid_credentials`, `password_too_weak`, `rate_limited`, `invalid_token`, `overloaded`
   */
  async change(
    actor: UserActor,
    { current_password, new_password }: ChangePasswordRequest,
    deadline: number,
  ): Promise<EndedSessions> {
    const holder = await this.confirmation.confirm(actor, current_password, deadline);
    await this.passwords.assertStrong(new_password, holder.words, 'new_password');
    const hash = await this.passwords.hash(new_password, deadline);
    return this.tx.run(async () => {
      if (!(await this.holders.replace(holder, hash))) throw InvalidCredentials.with('The password is wrong.');
      return { session_ids: await this.changed.begin(actor) };
    });
  }
}
