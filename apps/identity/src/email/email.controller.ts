import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadMailToken,
  SendEmailVerification,
  VerifyEmail,
  VerifyEmailByCode,
  type Call,
  type Empty,
  type MailToken,
  type ReadMailTokenRequest,
  type User,
  type VerifyEmailByCodeRequest,
  type VerifyEmailRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { EmailVerification } from './email-verification.service.js';
import { MailTokens } from './mail-tokens.service.js';
import { VerificationLinks } from './verification-links.service.js';

@Controller()
export class EmailController {
  constructor(
    private readonly verification: EmailVerification,
    private readonly links: VerificationLinks,
    private readonly tokens: MailTokens,
  ) {}

  @Handles(SendEmailVerification)
  async send(_input: Empty, call: Call): Promise<Empty> {
    await this.verification.send(personOf(call.actor));
    return {};
  }

  @Handles(VerifyEmail)
  verify(input: VerifyEmailRequest): Promise<User> {
    return this.links.follow(input.token);
  }

  /** Opens its transaction itself: a wrong code stays counted. */
  @Handles(VerifyEmailByCode, { transaction: false })
  async verifyByCode(input: VerifyEmailByCodeRequest, call: Call): Promise<User> {
    return this.verification.verifyByCode(personOf(call.actor), input.code);
  }

  @Handles(ReadMailToken, { transaction: false })
  read(input: ReadMailTokenRequest): Promise<MailToken> {
    return this.tokens.read(input.token_id);
  }
}
