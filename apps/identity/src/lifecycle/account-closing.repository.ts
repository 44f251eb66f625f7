import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ADMIN_ROLE } from '../users/website-user.entity.js';

/** An account that has just been closed. */
export interface ClosedAccount {
  id: string;
  email: string | null;
  roles: string[];
}

/** Closes and opens accounts: `website_users.deleted_at`. */
@Injectable()
export class AccountClosingRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns the account, unless it was closed before */
  async close(userId: string): Promise<ClosedAccount | undefined> {
    const [row] = await this.tx.query<ClosedAccount & { [column: string]: unknown }>(
      `UPDATE website_users SET deleted_at = now(), updated_at = now()
       WHERE id = $1 AND deleted_at IS NULL RETURNING id, email, roles`,
      [userId],
    );
    return row;
  }

  async open(userId: string): Promise<void> {
    await this.tx.query('UPDATE website_users SET deleted_at = NULL, updated_at = now() WHERE id = $1', [userId]);
  }

  /** Whether somebody else can administrate. The admins' rows are held, so that the last two cannot leave at once. */
  async hasOtherAdmin(userId: string): Promise<boolean> {
    const rows = await this.tx.query<{ id: string }>(
      `SELECT id FROM website_users WHERE $2 = ANY (roles) AND is_active AND deleted_at IS NULL AND id <> $1
       ORDER BY id FOR SHARE`,
      [userId, ADMIN_ROLE],
    );
    return rows.length > 0;
  }
}
