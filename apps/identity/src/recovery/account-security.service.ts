import { Injectable } from '@nestjs/common';
import { AccountSecured, TokenInvalid, type EndedSessions } from '#contracts';
import { Outbox } from '#persistence';
import { MailTokens } from '../email/mail-tokens.service.js';
import { AccountSweep } from './account-sweep.service.js';
import { Recovery } from './recovery.service.js';

/** One-click containment: a person has said that what a notice told of was somebody else. */
@Injectable()
export class AccountSecurity {
  constructor(
    private readonly tokens: MailTokens,
    private readonly sweep: AccountSweep,
    private readonly recovery: Recovery,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Ends the session that the notice was about, or every one when it was about no session, cancels pending changes,
   * and starts a reset. @throws Refusal `token_invalid`
   */
  async secure(token: string): Promise<EndedSessions> {
    const notice = await this.tokens.consume('security_notice', token);
    if (!notice) throw TokenInvalid.with();
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
}
