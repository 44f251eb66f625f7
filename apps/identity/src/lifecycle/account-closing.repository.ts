import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ADMIN_ROLE } from '../users/website-user.entity.js';

/** An account that has just been closed. */
export interface ClosedAccount {
  id: string;
  email: string | null;
}

/** Closes and opens accounts: `website_users.deleted_at`. */
@Injectable()
export class AccountClosingRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns the account, unless it was closed before */
  async close(userId: string): Promise<ClosedAccount | undefined> {
    const [row] = await this.tx.query<ClosedAccount & { [column: string]: unknown }>(
      `UPDATE website_users SET deleted_at = now(), updated_at = now()
       WHERE id = $1 AND deleted_at IS NULL RETURNING id, email`,
      [userId],
    );
    return row;
  }

  async open(userId: string): Promise<void> {
    await this.tx.query('UPDATE website_users SET deleted_at = NULL, updated_at = now() WHERE id = $1', [userId]);
  }

  /**
   * Whether nobody could administrate without this person. The admins' rows are held first and in order, so that the
   * last two cannot leave at once.
   */
  async isLastAdmin(userId: string): Promise<boolean> {
    const admins = await this.tx.query<{ id: string }>(
      `SELECT id FROM website_users
       WHERE $2 = ANY (roles) AND is_active AND deleted_at IS NULL
         AND EXISTS (SELECT 1 FROM website_users WHERE id = $1 AND $2 = ANY (roles))
       ORDER BY id FOR NO KEY UPDATE`,
      [userId, ADMIN_ROLE],
    );
    return admins.length === 1 && admins[0]!.id === userId;
  }
}
