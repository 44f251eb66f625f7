import type { Feature } from '../feature.js';
import { AccountMails } from './account-mails.service.js';
import { AddressProofs } from './address-proofs.service.js';
import { AddressesRepository } from './addresses.repository.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailChange } from './email-change.service.js';
import { EmailMoves } from './email-moves.service.js';
import { EmailVerification } from './email-verification.service.js';
import { EmailController } from './email.controller.js';
import { MailRecipients } from './mail-recipients.repository.js';
import { MailTokens } from './mail-tokens.service.js';
import { MovedAccounts } from './moved-accounts.service.js';
import { OneTimeToken } from './one-time-token.entity.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { RegistrationsRepository } from './registrations.repository.js';
import { SecurityNotices } from './security-notices.service.js';
import { VerificationCodes } from './verification-codes.service.js';
import { VerificationLinks } from './verification-links.service.js';

export const email: Feature = {
  controllers: [EmailController, EmailChangeController],
  providers: [
    AccountMails,
    AddressProofs,
    AddressesRepository,
    EmailChange,
    EmailMoves,
    EmailVerification,
    MailRecipients,
    MailTokens,
    MovedAccounts,
    OneTimeTokensRepository,
    RegistrationsRepository,
    SecurityNotices,
    VerificationCodes,
    VerificationLinks,
  ],
  entities: [OneTimeToken],
};
