import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Count } from './code-guess.rules.js';

/** Wrong codes, by keyed hash of who typed them: table `code_guesses`. */
@Injectable()
export class CodeGuessesRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Adds one to a count unless it is at its limit: of any number that come at once no more pass than there are left.
   * While it is at its limit nothing counts, so that nobody keeps others out for good.
   * @returns whether there was one left
   */
  async spend({ key, limit, windowed }: Count, quietSeconds: number): Promise<boolean> {
    const over = `g.${windowed ? 'since' : 'spent_at'} < now() - make_interval(secs => $3)`;
    const rows = await this.tx.query(
      `INSERT INTO code_guesses AS g (key, spent, since, spent_at) VALUES ($1, 1, now(), now())
       ON CONFLICT (key) DO UPDATE SET
         spent = CASE WHEN ${over} THEN 1 ELSE g.spent + 1 END,
         since = CASE WHEN ${over} THEN now() ELSE g.since END,
         spent_at = now()
       WHERE g.spent < $2 OR ${over}
       RETURNING spent`,
      [key, limit, quietSeconds],
    );
    return rows.length > 0;
  }

  /** Gives one back: the code was right. */
  async giveBack(keys: Buffer[]): Promise<void> {
    await this.tx.query(
      `WITH held AS (SELECT key FROM code_guesses WHERE key = ANY ($1::bytea[]) ORDER BY key FOR UPDATE)
       UPDATE code_guesses g SET spent = GREATEST(g.spent - 1, 0) FROM held WHERE g.key = held.key`,
      [keys],
    );
  }
}
