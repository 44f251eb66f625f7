import { Injectable } from '@nestjs/common';
import { EmailVerified, InvalidToken, RateLimited, TokenInvalid, type User, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { viewOf } from '../users/website-user.entity.js';
import { hashMailToken, readMailToken } from './mail-token.rules.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { VerificationMails } from './verification-mails.service.js';

const KIND = 'verify_email';
const MAILS_PER_HOUR = 5;

/** Proves that an address is its account's. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly mails: VerificationMails,
    private readonly users: UsersRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** Sends no mail to an address that is verified already. @throws Refusal `rate_limited`, `invalid_token` */
  async send(actor: UserActor): Promise<void> {
    const user = await this.users.findBySession(actor.user_id, actor.session_id);
    if (!user) throw InvalidToken.with();
    if (!user.email || user.email_verified_at) return;
    if ((await this.tokens.issuedLately(user.id, KIND)) > MAILS_PER_HOUR) {
      throw RateLimited.with({ detail: 'Several mails are on their way to you; look for them.', retry_after: 3_600 });
    }
    await this.mails.request(user.id, user.email);
  }

  /**
   * Uses the token up. Who comes again with the token that has verified the address gets the same answer, for as long
   * as the token would have lived: mail scanners and impatient people open links twice.
   * @throws Refusal `token_invalid`
   */
  async verify(token: string): Promise<User> {
    const id = readMailToken(this.keys.mail, KIND, token);
    if (!id) throw TokenInvalid.with();
    const consumed = await this.tokens.consume(id, KIND, hashMailToken(token));
    if (consumed && (await this.users.verifyEmail(consumed.user_id, consumed.email))) {
      await this.outbox.append(EmailVerified, { user_id: consumed.user_id }, { key: consumed.user_id });
    }
    const stored = consumed ?? (await this.tokens.find(id));
    const user = stored && stored.expires_at > new Date() ? await this.users.find(stored.user_id) : null;
    if (!user?.email_verified_at || !stored?.consumed_at || user.email !== stored.email) throw TokenInvalid.with();
    return viewOf(user);
  }
}
