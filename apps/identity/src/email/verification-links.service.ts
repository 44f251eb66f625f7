import { Injectable } from '@nestjs/common';
import type { User } from '#contracts';
import { MacKeys } from '../keys/mac-keys.service.js';
import { RegistrationProofs } from '../users/registration-proofs.service.js';
import { EmailMoves } from './email-moves.service.js';
import { EmailVerification } from './email-verification.service.js';
import { readMailToken } from './mail-token.rules.js';

/** Links that prove an address: one door for all, since whoever follows one does not know of which kind it is. */
@Injectable()
export class VerificationLinks {
  constructor(
    private readonly keys: MacKeys,
    private readonly verification: EmailVerification,
    private readonly moves: EmailMoves,
    private readonly registrations: RegistrationProofs,
  ) {}

  /** Within the open transaction. @throws Refusal `token_invalid`, `email_taken` */
  follow(token: string): Promise<User> {
    if (readMailToken(this.keys.mail, 'change_email', token)) return this.moves.confirm(token);
    if (readMailToken(this.keys.mail, 'confirm_registration', token)) return this.registrations.confirm(token);
    return this.verification.verify(token);
  }
}
