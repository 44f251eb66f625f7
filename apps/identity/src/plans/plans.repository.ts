import { Injectable } from '@nestjs/common';
import type { EntitlementChangedData } from '#contracts';
import { Transactions } from '#persistence';

/** The copy of a person's entitlement in the account's row, so that tokens and `me` need not ask licensing. */
@Injectable()
export class PlansRepository {
  constructor(private readonly tx: Transactions) {}

  /** @returns false when the account has that version or a newer one already, or is gone */
  async apply(e: EntitlementChangedData): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE website_users
       SET plan = $2, plan_features = $3, plan_expires_at = $4, entitlement_version = $5, updated_at = now()
       WHERE id = $1 AND entitlement_version < $5 RETURNING id`,
      [e.user_id, e.plan, e.features, e.expires_at, e.version],
    );
    return rows.length > 0;
  }
}
