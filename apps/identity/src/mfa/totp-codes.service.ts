import { Injectable } from '@nestjs/common';
import { stepOf } from './totp.rules.js';
import { TotpFactorsRepository, type TotpFactor } from './totp-factors.repository.js';
import { TotpSecrets } from './totp-secrets.service.js';

const SIX_DIGITS = /^\d{6}$/;

/** Codes of an account's authenticator. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly factors: TotpFactorsRepository,
    private readonly secrets: TotpSecrets,
  ) {}

  /** The step that a code of the authenticator in use belongs to. */
  async stepOf(userId: string, typed: string): Promise<number | undefined> {
    const factor = await this.factors.find(userId);
    return factor?.enabled_at ? this.stepWith(factor, typed) : undefined;
  }

  /** The same for a given authenticator, in use or not. */
  async stepWith({ user_id, sealed_secret }: TotpFactor, typed: string): Promise<number | undefined> {
    const code = typed.replace(/[\s-]/g, '');
    if (!SIX_DIGITS.test(code)) return undefined;
    return stepOf(await this.secrets.open(user_id, sealed_secret), code, Date.now());
  }

  /** Takes the step, within the transaction of what the code was shown for. @returns false when it was taken before */
  take(userId: string, step: number): Promise<boolean> {
    return this.factors.takeStep(userId, step);
  }
}
