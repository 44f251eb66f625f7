import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Why an account is closed; each is taken back by itself. */
export const CLOSURES = ['suspended', 'deleted'] as const;
export type Closure = (typeof CLOSURES)[number];

/** Table `account_closures`: whose account is closed, as identity told it. */
@Injectable()
export class AccountClosuresRepository {
  constructor(private readonly tx: Transactions) {}

  /** Events may come again, and in another order: what was told later holds. Of who was erased nothing is kept. */
  async note(userId: string, reasons: readonly Closure[], closed: boolean, at: Date): Promise<void> {
    await this.tx.query(
      `INSERT INTO account_closures (user_id, reason, closed, told_at)
       SELECT $1::uuid, reason, $3, $4 FROM unnest($2::text[]) AS reason
       WHERE NOT EXISTS (SELECT 1 FROM erased_owners WHERE owner_type = 'user' AND owner_id = $1::uuid::text)
       ON CONFLICT (user_id, reason) DO UPDATE SET closed = excluded.closed, told_at = excluded.told_at
       WHERE account_closures.told_at <= excluded.told_at`,
      [userId, reasons, closed, at],
    );
  }

  async deleteAllOf(userId: string): Promise<void> {
    await this.tx.query('DELETE FROM account_closures WHERE user_id = $1', [userId]);
  }
}
