import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** An account of the old desktop system, and the account that stands for it now. */
export interface LegacyUser {
  id: string;
  email: string | null;
  username: string | null;
  website_user_id: string | null;
}

/** Legacy accounts: table `users`. */
@Injectable()
export class LegacyUsersRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * The legacy account of a `sub`, made when nobody has shown it before, and locked until the transaction ends:
   * two bridgings of one account take turns.
   */
  async lock(sub: string, email: string | undefined): Promise<LegacyUser> {
    const [row] = await this.tx.query<LegacyUser>(
      `INSERT INTO users AS known (id, email) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET email = COALESCE(known.email, EXCLUDED.email)
       RETURNING id, email, username, website_user_id`,
      [sub, email ?? null],
    );
    return row!;
  }

  async link(id: string, websiteUserId: string): Promise<void> {
    await this.tx.query('UPDATE users SET website_user_id = $2, bridged_at = now() WHERE id = $1', [id, websiteUserId]);
  }
}
