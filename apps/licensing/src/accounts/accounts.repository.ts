import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Which account an old `sub` turned out to be. Accounts themselves are identity's business. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly tx: Transactions) {}

  async find(sub: string): Promise<string | undefined> {
    const sql = 'SELECT user_id FROM account_links WHERE sub = $1';
    return (await this.tx.query<{ user_id: string }>(sql, [sub]))[0]?.user_id;
  }

  async remember(sub: string, userId: string): Promise<void> {
    const sql = 'INSERT INTO account_links (sub, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';
    await this.tx.query(sql, [sub, userId]);
  }
}
