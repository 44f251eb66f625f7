import { Injectable } from '@nestjs/common';
import { MfaCodeInvalid, MfaRefused, RateLimited, RecoveryCodeUsed, type MfaRefusedData } from '#contracts';
import { Outbox } from '#persistence';
import { SecurityNotices } from '../email/security-notices.service.js';
import { GuessBudgets } from '../guessing/guess-budgets.service.js';
import { hashRecoveryCode, readRecoveryCode } from './recovery-code.rules.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { TotpCodes } from './totp-codes.service.js';

/** One budget an account, whatever the challenge: a new one gives no new tries (R-BF6). */
const BUDGET = { purpose: 'second factor', tries: 10, seconds: 900 };

/** A code that was right, and is to be used up in the transaction of what it was shown for. */
export interface ShownFactor {
  user_id: string;
  /** Adds to `amr`: how it was shown. */
  amr: string;
  use: () => Promise<boolean>;
}

/** Looks at codes that stand for a second factor. */
@Injectable()
export class ShownFactors {
  constructor(
    private readonly totp: TotpCodes,
    private readonly recovery: RecoveryCodesRepository,
    private readonly budgets: GuessBudgets,
    private readonly notices: SecurityNotices,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Outside of a transaction: a wrong guess stays counted.
   * @throws Refusal `mfa_code_invalid`, `rate_limited`
   */
  async look(userId: string, code: string): Promise<ShownFactor> {
    const wait = await this.budgets.spend({ ...BUDGET, subject: userId });
    if (wait) {
      await this.refused(userId, 'blocked');
      throw RateLimited.with({ detail: 'Too many wrong codes; come back later.', retry_after: wait });
    }
    const shown = (await this.asTotp(userId, code)) ?? (await this.asRecoveryCode(userId, code));
    if (shown) return shown;
    await this.refused(userId, 'wrong_code');
    throw MfaCodeInvalid.with();
  }

  /** Within the transaction of what the code was shown for. @throws Refusal `mfa_code_invalid` when it was used meanwhile */
  async use(shown: ShownFactor): Promise<void> {
    if (!(await shown.use())) throw MfaCodeInvalid.with();
    await this.budgets.restore({ ...BUDGET, subject: shown.user_id });
  }

  private async asTotp(user_id: string, code: string): Promise<ShownFactor | undefined> {
    const step = await this.totp.stepOf(user_id, code);
    return step === undefined ? undefined : { user_id, amr: 'otp', use: () => this.totp.take(user_id, step) };
  }

  private async asRecoveryCode(user_id: string, typed: string): Promise<ShownFactor | undefined> {
    const bare = readRecoveryCode(typed);
    if (!bare) return undefined;
    const hash = hashRecoveryCode(bare);
    if (!(await this.recovery.isOpen(user_id, hash))) return undefined;
    return { user_id, amr: 'recovery_code', use: () => this.useRecoveryCode(user_id, hash) };
  }

  private async useRecoveryCode(user_id: string, hash: Buffer): Promise<boolean> {
    if (!(await this.recovery.consume(user_id, hash))) return false;
    const left = await this.recovery.left(user_id);
    await this.outbox.append(RecoveryCodeUsed, { user_id, left }, { key: user_id });
    await this.notices.send({ user_id, notice: 'recovery_code_used' });
    return true;
  }

  private refused(user_id: string, reason: MfaRefusedData['reason']): Promise<void> {
    return this.outbox.append(MfaRefused, { user_id, reason }, { key: user_id });
  }
}
