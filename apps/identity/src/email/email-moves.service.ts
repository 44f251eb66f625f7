import { Injectable } from '@nestjs/common';
import { EmailChanged, EmailTaken, EmailVerified, TokenInvalid, type EndedSessions, type User } from '#contracts';
import { Outbox } from '#persistence';
import { viewOf } from '../users/website-user.entity.js';
import { AddressesRepository, type MovedAccount } from './addresses.repository.js';
import { MailTokens } from './mail-tokens.service.js';
import type { OneTimeToken } from './one-time-token.entity.js';
import { MovedAccounts } from './moved-accounts.service.js';

/** Gives accounts another address, for whoever has proven it; and the old one back. */
@Injectable()
export class EmailMoves {
  constructor(
    private readonly tokens: MailTokens,
    private readonly addresses: AddressesRepository,
    private readonly moved: MovedAccounts,
    private readonly outbox: Outbox,
  ) {}

  /** Within the open transaction. @throws Refusal `token_invalid`; `email_taken` when somebody was faster */
  async confirm(token: string): Promise<User> {
    const proven = await this.tokens.consume('change_email', token);
    if (!proven) throw TokenInvalid.with();
    const account = await this.move(proven, 'confirmed');
    await this.moved.forth(account);
    return viewOf(account);
  }

  /** Within the open transaction. @throws Refusal `token_invalid`; `email_taken` when somebody has the address by now */
  async undo(token: string): Promise<EndedSessions> {
    const undone = await this.tokens.consume('undo_email_change', token);
    if (!undone) throw TokenInvalid.with();
    const account = await this.move(undone, 'undone');
    return { session_ids: await this.moved.back(account, undone) };
  }

  private async move({ user_id, email }: OneTimeToken, by: 'confirmed' | 'undone'): Promise<MovedAccount> {
    const account = await this.addresses.move(user_id, email);
    if (account === 'taken') throw EmailTaken.with();
    if (!account) throw TokenInvalid.with();
    await this.outbox.append(EmailChanged, { user_id, by }, { key: user_id });
    await this.outbox.append(EmailVerified, { user_id }, { key: user_id });
    return account;
  }
}
