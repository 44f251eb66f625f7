import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  ForgotPassword,
  RecoveryRequested,
  ResetPassword,
  SecureAccount,
  type Call,
  type Empty,
  type EndedSessions,
  type ForgotPasswordRequest,
  type RecoveryRequestedData,
  type ResetPasswordRequest,
  type SecureAccountRequest,
} from '#contracts';
import { AccountSecurity } from './account-security.service.js';
import { PasswordReset } from './password-reset.service.js';
import { Recovery } from './recovery.service.js';

@Controller()
export class RecoveryController {
  constructor(
    private readonly recovery: Recovery,
    private readonly resets: PasswordReset,
    private readonly security: AccountSecurity,
  ) {}

  @Handles(ForgotPassword)
  async forgot(input: ForgotPasswordRequest): Promise<Empty> {
    await this.recovery.request(input.email);
    return {};
  }

  @Listens(RecoveryRequested)
  requested(data: RecoveryRequestedData): Promise<void> {
    return this.recovery.answer(data.request_id);
  }

  /** Opens its transaction itself: no connection waits for a hash. */
  @Handles(ResetPassword, { transaction: false })
  reset(input: ResetPasswordRequest, call: Call): Promise<EndedSessions> {
    return this.resets.reset(input, call);
  }

  @Handles(SecureAccount)
  secure(input: SecureAccountRequest): Promise<EndedSessions> {
    return this.security.secure(input.token);
  }
}
