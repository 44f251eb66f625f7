import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { viewColumns, type UserColumns } from '../users/website-user.entity.js';

const UNIQUE_VIOLATION = '23505';

/** An account that has another address now, and the one that it had. */
export type MovedAccount = UserColumns & { old_email: string | null };

/** Addresses of accounts. */
@Injectable()
export class AddressesRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Gives an account a proven address, within the open transaction.
   * @returns the account, nothing when it is closed, or `taken` when another account has the address
   */
  async move(userId: string, email: string): Promise<MovedAccount | 'taken' | undefined> {
    try {
      return await this.tx.savepoint(() => this.update(userId, email));
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 'taken';
      throw error;
    }
  }

  private async update(userId: string, email: string): Promise<MovedAccount | undefined> {
    const [row] = await this.tx.query<MovedAccount>(
      `WITH old AS (
         SELECT id, email FROM website_users WHERE id = $1 AND is_active AND deleted_at IS NULL FOR UPDATE
       )
       UPDATE website_users u SET email = $2, email_verified_at = now(), updated_at = now()
       FROM old WHERE u.id = old.id RETURNING ${viewColumns('u')}, old.email AS old_email`,
      [userId, email],
    );
    return row;
  }
}
