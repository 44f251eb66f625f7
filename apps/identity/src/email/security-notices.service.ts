import { Injectable } from '@nestjs/common';
import type { SecurityNotice } from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import { AccountMails } from './account-mails.service.js';

/** What a person is to hear of. */
export interface Notice {
  user_id: string;
  notice: SecurityNotice;
  /** Where it goes; default: the account's address. */
  email?: string | null;
  /** The session in which it was done, for the mail to say from where. */
  session_id?: string | null;
}

/** Tells people of what was done to the own account, with a link that stops it (R-RC9). */
@Injectable()
export class SecurityNotices {
  constructor(
    private readonly users: UsersRepository,
    private readonly mails: AccountMails,
  ) {}

  /** Within the transaction of what it tells of. An account without an address hears nothing. */
  async send({ user_id, notice, email, session_id }: Notice): Promise<void> {
    const to = email === undefined ? (await this.users.find(user_id))?.email : email;
    if (!to) return;
    await this.mails.sendAlso({ kind: 'security_notice', user_id, email: to, notice, session_id });
  }
}
