import { Injectable } from '@nestjs/common';
import {
  EmailChangeRequested,
  InvalidToken,
  RateLimited,
  type ChangeEmailRequest,
  type EmailChangePending,
  type UserActor,
} from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';
import { AccountMails } from './account-mails.service.js';
import { MAIL_TOKEN_LIFE } from './mail-token.rules.js';

const KIND = 'change_email';

/** Wishes for another address. Nothing changes before the new address is proven (R-RC8). */
@Injectable()
export class EmailChange {
  constructor(
    private readonly tx: Transactions,
    private readonly users: UsersRepository,
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
  ) {}

  /**
   * The answer is the same when the address belongs to another account; its owner is told of the try (R-EN1).
   * @throws Refusal `rate_limited`, `invalid_token`
   */
  request(actor: UserActor, { new_email }: ChangeEmailRequest): Promise<EmailChangePending> {
    return this.tx.run(async () => {
      const user = await this.users.findBySession(actor.user_id, actor.session_id);
      if (!user) throw InvalidToken.with();
      if (await this.mails.isFull(user.id, KIND)) {
        throw RateLimited.with({ detail: 'Several mails are on their way; look for them.', retry_after: 3_600 });
      }
      await this.outbox.append(EmailChangeRequested, { user_id: user.id }, { key: user.id });
      const owner = await this.users.findByEmail(new_email);
      const mail = { kind: KIND, user_id: user.id, email: new_email, session_id: actor.session_id } as const;
      const unchanged = user.email_verified_at && user.email === new_email;
      if (!unchanged && (!owner || owner.id === user.id)) await this.mails.send(mail);
      else if (owner && owner.id !== user.id) await this.tellOwner(owner.id, owner.email!);
      const expires_at = new Date(Date.now() + MAIL_TOKEN_LIFE[KIND]).toISOString();
      return { new_email, expires_at };
    });
  }

  private async tellOwner(user_id: string, email: string): Promise<void> {
    if (await this.mails.isFull(user_id, 'account_exists')) return;
    await this.mails.send({ kind: 'account_exists', user_id, email });
  }
}
