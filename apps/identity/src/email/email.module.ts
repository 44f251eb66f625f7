import type { Feature } from '../feature.js';
import { EmailVerification } from './email-verification.service.js';
import { EmailController } from './email.controller.js';
import { OneTimeToken } from './one-time-token.entity.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { VerificationMails } from './verification-mails.service.js';

export const email: Feature = {
  controllers: [EmailController],
  providers: [EmailVerification, OneTimeTokensRepository, VerificationMails],
  entities: [OneTimeToken],
};
