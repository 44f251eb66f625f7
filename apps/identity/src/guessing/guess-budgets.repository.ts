import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Tries spent, by keyed hash of purpose and account: table `guess_budgets`. */
@Injectable()
export class GuessBudgetsRepository {
  constructor(private readonly tx: Transactions) {}

  /** One statement: of any number that come at once no more pass than there are tries. @returns seconds to wait, or 0 */
  async spend(key: Buffer, tries: number, seconds: number): Promise<number> {
    const over = `b.since < now() - make_interval(secs => $3)`;
    const [row] = await this.tx.query<{ spent: number; wait: number }>(
      `INSERT INTO guess_budgets AS b (key, spent, since) VALUES ($1, 1, now())
       ON CONFLICT (key) DO UPDATE SET
         spent = CASE WHEN ${over} THEN 1 ELSE LEAST(b.spent, $2) + 1 END,
         since = CASE WHEN ${over} THEN now() ELSE b.since END
       RETURNING spent, LEAST($3, ceil(extract(epoch FROM since - now()) + $3))::integer AS wait`,
      [key, tries, seconds],
    );
    return row!.spent <= tries ? 0 : Math.max(1, row!.wait);
  }

  async restore(key: Buffer): Promise<void> {
    await this.tx.query('DELETE FROM guess_budgets WHERE key = $1', [key]);
  }
}
