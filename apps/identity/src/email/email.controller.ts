import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ReadMailToken,
  SendEmailVerification,
  VerifyEmail,
  type Call,
  type Empty,
  type MailToken,
  type ReadMailTokenRequest,
  type User,
  type VerifyEmailRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { EmailVerification } from './email-verification.service.js';
import { VerificationMails } from './verification-mails.service.js';

@Controller()
export class EmailController {
  constructor(
    private readonly verification: EmailVerification,
    private readonly mails: VerificationMails,
  ) {}

  @Handles(SendEmailVerification)
  async send(_input: Empty, call: Call): Promise<Empty> {
    await this.verification.send(personOf(call.actor));
    return {};
  }

  @Handles(VerifyEmail)
  verify(input: VerifyEmailRequest): Promise<User> {
    return this.verification.verify(input.token);
  }

  @Handles(ReadMailToken, { transaction: false })
  read(input: ReadMailTokenRequest): Promise<MailToken> {
    return this.mails.read(input.token_id);
  }
}
