import { Injectable } from '@nestjs/common';
import { InvalidToken, LastAdmin, TokenInvalid, type EndedSessions } from '#contracts';
import { IdentityConfig } from '../identity.config.js';
import { AccountClosingRepository } from './account-closing.repository.js';
import { AccountEndings } from './account-endings.service.js';
import { DeletionNotices } from './deletion-notices.service.js';
import { ErasuresRepository } from './erasures.repository.js';

/** Closes accounts, to be erased when the time to undo it is over. */
@Injectable()
export class AccountDeletion {
  constructor(
    private readonly config: IdentityConfig,
    private readonly accounts: AccountClosingRepository,
    private readonly endings: AccountEndings,
    private readonly erasures: ErasuresRepository,
    private readonly notices: DeletionNotices,
  ) {}

  /**
   * Closes an account in the open transaction: from its commit on nobody gets in by any way, and what was signed before
   * is refused everywhere (R-GD1).
   * @throws Refusal `last_admin`; `invalid_token` when it is closed already
   */
  async close(userId: string): Promise<EndedSessions> {
    if (await this.accounts.isLastAdmin(userId)) throw LastAdmin.with();
    const account = await this.accounts.close(userId);
    if (!account) throw InvalidToken.with();
    const ended = await this.endings.endEverything(userId, 'deleted');
    const { deletionGraceDays } = this.config;
    const dueAt = await this.erasures.schedule(userId, deletionGraceDays);
    await this.notices.closed(account, dueAt, deletionGraceDays > 0);
    return ended;
  }

  /** Opens it again; its sessions stay ended. @throws Refusal `token_invalid` when it is too late */
  async reopen(userId: string): Promise<void> {
    if (!(await this.erasures.cancel(userId))) throw TokenInvalid.with();
    await this.accounts.open(userId);
    await this.notices.reopened(userId);
  }
}
