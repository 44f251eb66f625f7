import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Grant } from './entitlements.rules.js';

/** Grants are only ever added: what counts of them is decided when they are read. */
@Injectable()
export class GrantsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Adds a grant; a parallel twin is waited for.
   * @param eventId the billing event that it came with; a claim has none
   * @returns false when the event had been applied, or the person had claimed
   */
  async add(userId: string, grant: Grant, eventId: string | null = null): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO grants (user_id, source, plan, features, effective_at, expires_at, event_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
      [userId, grant.source, grant.plan, grant.features, grant.effective_at, grant.expires_at, eventId],
    );
    return rows.length > 0;
  }
}
