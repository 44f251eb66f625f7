import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { FORGET_AFTER_HOURS, FREE_FAILURES, LONGEST_WAIT_SECONDS, waitAfter } from './login-guard.rules.js';

/** Failed sign-ins in a row, by hash of the sign-in name: table `login_guards`. */
@Injectable()
export class LoginGuardsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Counts a failure. What fails while the name is blocked does not count, or else anybody could keep a person out
   * for good. A name that is not blocked has no time that a failure could be too early for: of two at once the one that
   * began first may be written last.
   */
  async fail(nameHash: Buffer): Promise<void> {
    const failures = `(CASE WHEN g.failed_at < now() - interval '${FORGET_AFTER_HOURS} hours' THEN 1
      ELSE g.failures + 1 END)`;
    await this.tx.query(
      `INSERT INTO login_guards AS g (name_hash, failures, failed_at, blocked_until) VALUES ($1, 1, now(), '-infinity')
       ON CONFLICT (name_hash) DO UPDATE SET failures = ${failures}, failed_at = now(),
         blocked_until = CASE WHEN ${failures} < ${FREE_FAILURES} THEN '-infinity' ELSE now() + make_interval(secs =>
           LEAST(${LONGEST_WAIT_SECONDS}, ${waitAfter(FREE_FAILURES)} * 2 ^ LEAST(${failures} - ${FREE_FAILURES}, 30))) END
       WHERE g.blocked_until <= now()`,
      [nameHash],
    );
  }
}
