import { Injectable } from '@nestjs/common';
import { AccountSecured, TokenInvalid, type EndedSessions } from '#contracts';
import { Outbox } from '#persistence';
import { MailTokens } from '../email/mail-tokens.service.js';
import type { OneTimeToken } from '../email/one-time-token.entity.js';
import { UsersRepository } from '../users/users.repository.js';
import { AccountSweep } from './account-sweep.service.js';
import { Recovery } from './recovery.service.js';

/** One-click containment: a person has said that what a mail told of was somebody else. */
@Injectable()
export class AccountSecurity {
  constructor(
    private readonly tokens: MailTokens,
    private readonly sweep: AccountSweep,
    private readonly recovery: Recovery,
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * With the token of a notice: ends the session that it was about, or every one when it was about no session, cancels
   * pending changes, and starts a reset. With the token that was to prove an address: see `disown`.
   * @throws Refusal `token_invalid`
   */
  async secure(token: string): Promise<EndedSessions> {
    const notice = await this.tokens.consume('security_notice', token);
    return notice ? this.contain(notice) : this.disown(token);
  }

  private async contain(notice: OneTimeToken): Promise<EndedSessions> {
    const { user_id, session_id, email } = notice;
    const aboutOne = notice.notice === 'new_device' && session_id !== null;
    const session_ids = aboutOne
      ? await this.sweep.endSession(user_id, session_id, 'user_revoked')
      : await this.sweep.endSessions(user_id, 'user_revoked');
    await this.sweep.voidLinks(user_id);
    await this.sweep.forgetDevices(user_id);
    await this.outbox.append(AccountSecured, { user_id, session_id: aboutOne ? session_id : null }, { key: user_id });
    await this.recovery.start(user_id, email);
    return { session_ids };
  }

  /**
   * Somebody has registered an address that is not theirs, and its owner says so instead of proving it: nobody gets in
   * any more, by password, session, device or provider (R-LK2, R-LK3, R-LK4). The owner may still take the account by a
   * reset.
   */
  private async disown(token: string): Promise<EndedSessions> {
    if (await this.tokens.withdraw(token)) return { session_ids: [] };
    const asked = await this.tokens.consume('verify_email', token);
    const user = asked && (await this.users.find(asked.user_id));
    if (!user || user.email_verified_at) throw TokenInvalid.with();
    const session_ids = await this.sweep.endSessions(user.id, 'user_revoked');
    await this.sweep.voidLinks(user.id);
    await this.sweep.forgetDevices(user.id);
    await this.sweep.dropUnprovenWaysIn(user.id);
    await this.sweep.dropPassword(user.id);
    await this.outbox.append(AccountSecured, { user_id: user.id, session_id: null }, { key: user.id });
    return { session_ids };
  }
}
