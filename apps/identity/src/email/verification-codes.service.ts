import { Injectable } from '@nestjs/common';
import { RateLimited, type UserActor } from '#contracts';
import { GuessBudgets } from '../guessing/guess-budgets.service.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { CODE_LIFE_MS, isMailCode, writeMailCode, writeMailToken } from './mail-token.rules.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';

const KIND = 'verify_email';
/** Guesses that an account has in an hour, however many codes it is sent (R-BF6). */
const BUDGET = { purpose: 'e-mail code', tries: 10, seconds: 3_600 };

/** Codes that stand in verification mails for those who cannot follow the link. */
@Injectable()
export class VerificationCodes {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly budgets: GuessBudgets,
    private readonly keys: MacKeys,
  ) {}

  /**
   * The token whose code somebody typed, while it is young, for the session that asked for it (R-RC6).
   * Outside of a transaction: a guess stays counted.
   * @throws Refusal `rate_limited` when the account has guessed too often
   */
  async match(actor: UserActor, typed: string): Promise<string | undefined> {
    const wait = await this.budgets.spend({ ...BUDGET, subject: actor.user_id });
    if (wait) throw RateLimited.with({ detail: 'Too many wrong codes; use the link in the mail.', retry_after: wait });
    const token = await this.tokens.latest(actor.user_id, KIND);
    if (!token || token.created_at.getTime() < Date.now() - CODE_LIFE_MS) return undefined;
    if (token.session_id !== null && token.session_id !== actor.session_id) return undefined;
    return isMailCode(writeMailCode(this.keys.mail, KIND, token.id), typed)
      ? writeMailToken(this.keys.mail, KIND, token.id)
      : undefined;
  }
}
