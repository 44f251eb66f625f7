import { Injectable } from '@nestjs/common';
import { DeletionRequested, DeletionUndone } from '#contracts';
import { Outbox } from '#persistence';
import { AccountMails } from '../email/account-mails.service.js';
import type { ClosedAccount } from './account-closing.repository.js';

/** Tells what becomes of an account: by event, and its person by mail. */
@Injectable()
export class DeletionNotices {
  constructor(
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
  ) {}

  async closed({ id, email }: ClosedAccount, dueAt: Date, canBeUndone: boolean): Promise<void> {
    const data = { user_id: id, due_at: dueAt.toISOString() };
    await this.outbox.append(DeletionRequested, data, { key: id });
    if (email && canBeUndone) {
      await this.mails.send({ kind: 'undo_deletion', user_id: id, email, expires_at: dueAt });
    }
  }

  async reopened(userId: string): Promise<void> {
    await this.outbox.append(DeletionUndone, { user_id: userId }, { key: userId });
  }
}
