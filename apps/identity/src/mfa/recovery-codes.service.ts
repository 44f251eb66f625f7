import { Injectable } from '@nestjs/common';
import type { RecoveryCodes } from '#contracts';
import { CODES, hashRecoveryCode, newRecoveryCode, readRecoveryCode } from './recovery-code.rules.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';

/** Codes for the day on which the authenticator is lost. */
@Injectable()
export class RecoveryCodesService {
  constructor(private readonly codes: RecoveryCodesRepository) {}

  /** Within the open transaction: ten new ones, shown this once; those before are void. */
  async renew(userId: string): Promise<RecoveryCodes> {
    const recovery_codes = Array.from({ length: CODES }, newRecoveryCode);
    const hashes = recovery_codes.map((code) => hashRecoveryCode(readRecoveryCode(code)!));
    await this.codes.replace(userId, hashes);
    return { recovery_codes };
  }

  left(userId: string): Promise<number> {
    return this.codes.left(userId);
  }
}
