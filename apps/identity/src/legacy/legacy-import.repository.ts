import { Injectable } from '@nestjs/common';
import type { LegacyAccount, LegacyReport } from '#contracts';
import { Transactions } from '#persistence';

type Counts = Omit<LegacyReport, 'remaining' | 'last_bridged_at'> & { last_bridged_at: Date | null };

/** Accounts of the old system, in bulk: table `users`. */
@Injectable()
export class LegacyImportRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns false when the account was there already; it stays as it is then */
  async add(account: LegacyAccount & { hash?: string; algorithm?: string }): Promise<boolean> {
    const { id, email, username, hash, algorithm } = account;
    const rows = await this.tx.query(
      `INSERT INTO users (id, email, username, password_hash, algorithm) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [id, email ?? null, username ?? null, hash ?? null, algorithm ?? null],
    );
    return rows.length > 0;
  }

  async report(): Promise<LegacyReport> {
    const [counts] = await this.tx.query<Counts>(
      `SELECT count(*)::integer AS accounts,
         count(*) FILTER (WHERE website_user_id IS NOT NULL)::integer AS bridged,
         count(*) FILTER (WHERE password_hash IS NOT NULL OR rehashed_at IS NOT NULL)::integer AS with_password,
         count(rehashed_at)::integer AS rehashed, max(bridged_at) AS last_bridged_at
       FROM users`,
    );
    const remaining = await this.tx.query<{ algorithm: string; accounts: number }>(
      `SELECT COALESCE(algorithm, 'unknown') AS algorithm, count(*)::integer AS accounts FROM users
       WHERE password_hash IS NOT NULL GROUP BY 1 ORDER BY 2 DESC`,
    );
    return { ...counts!, last_bridged_at: counts!.last_bridged_at?.toISOString() ?? null, remaining };
  }
}
