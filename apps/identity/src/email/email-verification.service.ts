import { Injectable } from '@nestjs/common';
import { InvalidToken, RateLimited, TokenInvalid, type User, type UserActor } from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import { viewOf, type UserColumns } from '../users/website-user.entity.js';
import { AccountMails } from './account-mails.service.js';
import { AddressProofs } from './address-proofs.service.js';
import { CODE_LIFE_MS } from './mail-token.rules.js';
import { MailTokens } from './mail-tokens.service.js';
import { VerificationCodes } from './verification-codes.service.js';

const KIND = 'verify_email';

/** Has a person prove that an address is the own account's. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly users: UsersRepository,
    private readonly tokens: MailTokens,
    private readonly codes: VerificationCodes,
    private readonly proofs: AddressProofs,
    private readonly mails: AccountMails,
  ) {}

  /**
   * Sends no mail to an address that is verified already. Right after the registration its link comes once more: whoever
   * asks then has two mails in hand, and the one that is opened first has to work, too.
   * @throws Refusal `rate_limited`, `invalid_token`
   */
  async send(actor: UserActor): Promise<void> {
    const user = await this.callerOf(actor);
    if (!user.email || user.email_verified_at) return;
    if (await this.mails.isFull(user.id, KIND)) {
      throw RateLimited.with({ detail: 'Several mails are on their way to you; look for them.', retry_after: 3_600 });
    }
    const mail = { kind: KIND, user_id: user.id, email: user.email, session_id: actor.session_id } as const;
    const ofRegistration = await this.tokens.adopt(mail, new Date(Date.now() - CODE_LIFE_MS));
    await (ofRegistration ? this.mails.sendAgain(ofRegistration, mail) : this.mails.send(mail));
  }

  /**
   * Uses the token up. Who comes again with the token that has verified the address gets the same answer, for as long
   * as the token would have lived: mail scanners and impatient people open links twice.
   * @throws Refusal `token_invalid`
   */
  async verify(token: string): Promise<User> {
    const consumed = await this.tokens.consume(KIND, token);
    if (consumed) await this.proofs.note(consumed.user_id, consumed.email);
    const stored = consumed ?? (await this.tokens.known(KIND, token));
    const user = stored && stored.expires_at > new Date() ? await this.users.find(stored.user_id) : null;
    if (!user?.email_verified_at || !stored?.consumed_at || user.email !== stored.email) throw TokenInvalid.with();
    return viewOf(user);
  }

  /** A verified address stays verified, whatever was typed. @throws Refusal `token_invalid`, `rate_limited`, `invalid_token` */
  async verifyByCode(actor: UserActor, typed: string): Promise<User> {
    const user = await this.callerOf(actor);
    if (user.email_verified_at) return viewOf(user);
    const token = await this.codes.match(actor, typed);
    if (!token) throw TokenInvalid.with();
    return this.verify(token);
  }

  private async callerOf(actor: UserActor): Promise<UserColumns> {
    const user = await this.users.findBySession(actor.user_id, actor.session_id);
    if (!user) throw InvalidToken.with();
    return user;
  }
}
