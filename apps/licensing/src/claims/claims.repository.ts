import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';

@Injectable()
export class ClaimsRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Keeps the claim with the first evidence that was shown for it. */
  async keep(userId: string, evidence: string | null): Promise<void> {
    await this.tx.query(
      `INSERT INTO claims AS old (user_id, evidence, claimed_at) VALUES ($1, $2::json, $3)
       ON CONFLICT (user_id) DO UPDATE SET evidence = excluded.evidence
         WHERE old.evidence IS NULL AND excluded.evidence IS NOT NULL`,
      [userId, evidence, this.clock.now()],
    );
  }
}
