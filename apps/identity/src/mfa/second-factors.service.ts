import { Injectable } from '@nestjs/common';
import type { MfaChallenge } from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import { hashInterimToken, newInterimToken } from './interim-token.rules.js';
import { MfaChallengesRepository, type PendingSignIn } from './mfa-challenges.repository.js';
import { SUFFICIENT } from './sufficient.rules.js';
import { SecondFactorKindsRepository } from './second-factor-kinds.repository.js';

/** Decides whether a sign-in has to show a second factor, for every way in alike (R-MF7). */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly users: UsersRepository,
    private readonly kinds: SecondFactorKindsRepository,
    private readonly challenges: MfaChallengesRepository,
  ) {}

  /**
   * @param isOn whether the account asks for a second factor, where that was read already
   * @returns the question for it, or nothing when the sign-in may go on
   */
  async challenge(pending: PendingSignIn, isOn?: boolean): Promise<MfaChallenge | undefined> {
    if (pending.amr.some((shown) => SUFFICIENT.includes(shown))) return undefined;
    if (!(isOn ?? (await this.users.asksForSecondFactor(pending.user_id)))) return undefined;
    const mfa_token = newInterimToken();
    await this.challenges.open(hashInterimToken(mfa_token), pending);
    return { mfa_required: true, mfa_token, methods: await this.kinds.of(pending.user_id) };
  }
}
