import { Injectable } from '@nestjs/common';
import { AccountRecovered, PasswordChanged } from '#contracts';
import { Outbox } from '#persistence';
import { AddressProofs } from '../email/address-proofs.service.js';
import type { OneTimeToken } from '../email/one-time-token.entity.js';
import { SecurityNotices } from '../email/security-notices.service.js';
import { AccountSweep } from './account-sweep.service.js';

/** What else a reset means: the owner has come, and whatever others had of the account is over. */
@Injectable()
export class RecoveredAccounts {
  constructor(
    private readonly sweep: AccountSweep,
    private readonly proofs: AddressProofs,
    private readonly notices: SecurityNotices,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Within the transaction that has set the new password. Every session ends and pending changes are cancelled
   * (R-RC7, R-LK3, R-LK5); when this is the first proof of the address, so are the ways in that were added before it
   * (R-LK2, R-LK4).
   * @returns the sessions that have ended
   */
  async begin({ user_id, email }: OneTimeToken): Promise<string[]> {
    const ended = await this.sweep.endSessions(user_id, 'password_changed');
    await this.sweep.voidLinks(user_id);
    await this.sweep.forgetDevices(user_id);
    const cleansed = await this.proofs.note(user_id, email);
    if (cleansed) await this.sweep.dropUnprovenWaysIn(user_id);
    await this.outbox.append(PasswordChanged, { user_id, by: 'reset' }, { key: user_id });
    await this.outbox.append(AccountRecovered, { user_id, cleansed }, { key: user_id });
    await this.notices.send({ user_id, email, notice: 'password_reset' });
    return ended;
  }
}
