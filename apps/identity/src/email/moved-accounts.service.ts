import { Injectable } from '@nestjs/common';
import { AccountSweep } from '../recovery/account-sweep.service.js';
import { Recovery } from '../recovery/recovery.service.js';
import { AccountMails } from './account-mails.service.js';
import type { MovedAccount } from './addresses.repository.js';
import type { OneTimeToken } from './one-time-token.entity.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { SecurityNotices } from './security-notices.service.js';

/** What a change of address brings with it. */
@Injectable()
export class MovedAccounts {
  constructor(
    private readonly sweep: AccountSweep,
    private readonly links: OneTimeTokensRepository,
    private readonly mails: AccountMails,
    private readonly notices: SecurityNotices,
    private readonly recovery: Recovery,
  ) {}

  /** Links that went to the old address end; the old address gets the one that takes the change back (R-RC8, R-RC9). */
  async forth({ id: user_id, email, old_email }: MovedAccount): Promise<void> {
    await this.sweep.voidLinks(user_id);
    await this.notices.send({ user_id, notice: 'email_changed', email });
    if (old_email === null || old_email.toLowerCase() === email!.toLowerCase()) return;
    await this.mails.sendAlso({ kind: 'undo_email_change', user_id, email: old_email });
  }

  /**
   * Whoever has changed the address loses everything that gives power over the account: sessions, pending changes, and
   * the undo links that went to addresses which came later. The owner gets a link for a new password.
   * @returns the sessions that have ended
   */
  async back({ id: user_id, email }: MovedAccount, undone: OneTimeToken): Promise<string[]> {
    const ended = await this.sweep.endSessions(user_id, 'user_revoked');
    await this.sweep.voidLinks(user_id);
    await this.links.void(user_id, ['undo_email_change', 'security_notice'], undone.created_at);
    await this.sweep.forgetDevices(user_id);
    await this.recovery.start(user_id, email!);
    return ended;
  }
}
