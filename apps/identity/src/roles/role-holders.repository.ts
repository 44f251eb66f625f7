import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { ADMIN_ROLE } from '../users/website-user.entity.js';

/** Who has which roles: `website_users.roles`. */
@Injectable()
export class RoleHoldersRepository {
  constructor(private readonly tx: Transactions) {}

  /** Changes to the circle of admins take turns until the transaction ends. */
  async holdAdmins(): Promise<void> {
    await this.tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('gatehouse:admins', 0))`);
  }

  /** Whether somebody else can administrate. Their rows are held, so that none of them leaves meanwhile. */
  async hasOtherAdmin(userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `SELECT id FROM website_users WHERE $2 = ANY (roles) AND is_active AND deleted_at IS NULL AND id <> $1
       ORDER BY id FOR SHARE`,
      [userId, ADMIN_ROLE],
    );
    return rows.length > 0;
  }

  /** The roles of an account that is not deleted, which is held until the transaction ends. */
  async lockRoles(userId: string): Promise<string[] | undefined> {
    const [row] = await this.tx.query<{ roles: string[] }>(
      'SELECT roles FROM website_users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE',
      [userId],
    );
    return row?.roles;
  }

  async set(userId: string, roles: string[]): Promise<void> {
    await this.tx.query('UPDATE website_users SET roles = $2, updated_at = now() WHERE id = $1', [userId, roles]);
  }
}
