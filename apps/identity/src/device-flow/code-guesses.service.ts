import { Injectable } from '@nestjs/common';
import { CodeGuessed, RateLimited } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { IdentityConfig } from '../identity.config.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { BUDGETS, countsOf, type Count, type Guesser } from './code-guess.rules.js';
import { CodeGuessesRepository } from './code-guesses.repository.js';
import type { ShortCode } from './short-code.rules.js';

/**
 * Lets people type codes and nobody try them: per account, per address and for all together, over all replicas and
 * restarts (R-DF4, R-DP1). Only one is given back for a right code, or somebody with a code of his own would have as
 * many tries at others' as he likes.
 */
@Injectable()
export class CodeGuesses {
  constructor(
    private readonly config: IdentityConfig,
    private readonly tx: Transactions,
    private readonly guesses: CodeGuessesRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Looks a code up when there is a try left for it.
   * @param look says what the code stands for; nothing when it was wrong, which costs a try
   * @throws Refusal `rate_limited`, also for a right code
   */
  async guess<T>(kind: ShortCode['kind'], who: Guesser, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const counts = countsOf(this.keys.names, kind, who, this.config.rateLimitFactor);
    await this.tx.run(() => this.spend(kind, counts));
    const found = await look();
    if (found !== undefined) {
      await this.guesses.giveBack(counts.map((count) => count.key));
      return found;
    }
    await this.outbox.append(CodeGuessed, { kind, user_id: who.user_id ?? null }, { key: who.user_id });
    return undefined;
  }

  private async spend(kind: ShortCode['kind'], counts: Count[]): Promise<void> {
    const { quietSeconds } = BUDGETS[kind];
    for (const count of counts) {
      if (await this.guesses.spend(count, quietSeconds)) continue;
      const detail = `Too many wrong codes; come back in ${quietSeconds / 60} minutes.`;
      throw RateLimited.with({ detail, retry_after: quietSeconds });
    }
  }
}
