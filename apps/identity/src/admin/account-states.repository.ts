import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** What decides about an account whether something may be done to it. */
export interface AccountState {
  id: string;
  email: string | null;
  roles: string[];
  entitlement_version: number;
  is_active: boolean;
  deleted_at: Date | null;
}

/** Opens and shuts accounts for staff: `website_users.is_active`, `deleted_at`. */
@Injectable()
export class AccountStatesRepository {
  constructor(private readonly tx: Transactions) {}

  /** The account, held until the transaction ends. */
  async lock(userId: string): Promise<AccountState | undefined> {
    const [row] = await this.tx.query<AccountState & { [column: string]: unknown }>(
      `SELECT id, email, roles, entitlement_version, is_active, deleted_at FROM website_users
       WHERE id = $1 FOR NO KEY UPDATE`,
      [userId],
    );
    return row;
  }

  async suspend(userId: string): Promise<void> {
    await this.tx.query('UPDATE website_users SET is_active = false, updated_at = now() WHERE id = $1', [userId]);
  }

  async close(userId: string): Promise<void> {
    await this.tx.query('UPDATE website_users SET deleted_at = now(), updated_at = now() WHERE id = $1', [userId]);
  }

  /** Opens it, and calls an erasure off that has not begun. @returns false when it has */
  async open(userId: string): Promise<boolean> {
    await this.tx.query(`DELETE FROM account_erasures WHERE user_id = $1 AND state = 'waiting'`, [userId]);
    const rows = await this.tx.query(
      `UPDATE website_users SET is_active = true, deleted_at = NULL, updated_at = now()
       WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM account_erasures WHERE user_id = $1) RETURNING id`,
      [userId],
    );
    return rows.length > 0;
  }
}
