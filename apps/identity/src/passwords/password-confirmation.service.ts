import { Injectable } from '@nestjs/common';
import { InvalidCredentials, InvalidToken, PasswordRefused, RateLimited, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { GuessBudgets } from '../guessing/guess-budgets.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { PasswordHoldersRepository, type PasswordHolder } from './password-holders.repository.js';
import { Passwords } from './passwords.service.js';

/** A stolen session must not become a way to guess the password (R-BF1). */
const BUDGET = { purpose: 'password again', tries: 10, seconds: 900 };

/** Of somebody else's account nobody is told this: who is here is signed in to it. */
const NO_PASSWORD = 'This account has no password yet; set one by a password reset first.';

/** Asks a person who is signed in for the password again. */
@Injectable()
export class PasswordConfirmation {
  constructor(
    private readonly users: UsersRepository,
    private readonly holders: PasswordHoldersRepository,
    private readonly passwords: Passwords,
    private readonly budgets: GuessBudgets,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Outside of a transaction: a wrong guess stays counted, and no connection waits for the hash.
   * @returns whose password it is
   * @throws Refusal `invalid_token` when the session has ended; `invalid_credentials`; `rate_limited`; `overloaded`
   */
  async confirm({ user_id, session_id }: UserActor, password: string, deadline: number): Promise<PasswordHolder> {
    if (!(await this.users.findBySession(user_id, session_id))) throw InvalidToken.with();
    const holder = await this.holders.find(user_id);
    if (!holder) throw InvalidToken.with();
    const budget = { ...BUDGET, subject: user_id };
    const wait = await this.budgets.spend(budget);
    if (wait) {
      await this.outbox.append(PasswordRefused, { user_id, reason: 'blocked' }, { key: user_id });
      throw RateLimited.with({ detail: 'Too many wrong passwords; come back later.', retry_after: wait });
    }
    const { matches } = await this.passwords.check(holder.password_hash, password, deadline);
    if (!matches) {
      await this.outbox.append(PasswordRefused, { user_id, reason: 'wrong_password' }, { key: user_id });
      throw InvalidCredentials.with(holder.password_hash === null ? NO_PASSWORD : 'The password is wrong.');
    }
    await this.budgets.restore(budget);
    return holder;
  }
}
