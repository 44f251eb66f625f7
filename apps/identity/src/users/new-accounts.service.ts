import { Injectable } from '@nestjs/common';
import { EmailTaken, UsernameTaken, UserRegistered } from '#contracts';
import { Outbox } from '#persistence';
import { AccountMails } from '../email/account-mails.service.js';
import { UsersRepository, type NewUser } from './users.repository.js';

/** Makes the rows of accounts that people register, and what goes with them. */
@Injectable()
export class NewAccounts {
  constructor(
    private readonly users: UsersRepository,
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `email_taken`, `username_taken` */
  async assertFree(email: string, username: string): Promise<void> {
    const taken = await this.users.taken(email, username);
    if (taken.email) throw EmailTaken.with();
    if (taken.username) throw UsernameTaken.with();
  }

  /** Where nobody may learn whether an address is known. @throws Refusal `username_taken` */
  async assertFreeName(username: string): Promise<void> {
    if ((await this.users.taken('', username)).username) throw UsernameTaken.with();
  }

  /** Within the open transaction; of two that ask at once the unique indexes let one through. */
  async make(user: NewUser & { email: string }, clientId: string): Promise<void> {
    if (!(await this.users.insert(user))) {
      await this.assertFree(user.email, user.username);
      // The other one has gone again between the two looks.
      throw EmailTaken.with();
    }
    await this.tell(user.id, clientId);
    await this.mails.send({ kind: 'verify_email', user_id: user.id, email: user.email });
  }

  async tell(userId: string, clientId: string): Promise<void> {
    await this.outbox.append(UserRegistered, { user_id: userId, client_id: clientId }, { key: userId });
  }
}
