import { Injectable } from '@nestjs/common';
import { LicenseStatusChanged, type RevokeLicenseRequest } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { EntitlementsService } from '../entitlements/entitlements.service.js';

interface Changed {
  license_key: string;
  user_id: string | null;
}

/** Changes of many licenses by one statement, in the order of their keys, so that two that overlap cannot wait for each other. */
@Injectable()
export class LicenseBatches {
  constructor(
    private readonly tx: Transactions,
    private readonly entitlements: EntitlementsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Revokes the licenses of orders. @returns keys of those that were in force or suspended until now */
  revokeSold(orders: readonly string[], reason: NonNullable<RevokeLicenseRequest['reason']>): Promise<Set<string>> {
    const found = 'gumroad_order_id = ANY ($1::text[]) AND revoked_at IS NULL';
    return this.change('revoked', reason, { found, names: orders, revoked_at: this.clock.now() });
  }

  /** Takes revocations back that should never have been. @returns keys of those that were revoked until now */
  reinstate(keys: readonly string[]): Promise<Set<string>> {
    const found = 'license_key = ANY ($1::text[]) AND revoked_at IS NOT NULL';
    return this.change('restored', null, { found, names: keys, revoked_at: null });
  }

  private async change(
    change: 'revoked' | 'restored',
    reason: string | null,
    { found, names, revoked_at }: { found: string; names: readonly string[]; revoked_at: Date | null },
  ): Promise<Set<string>> {
    if (names.length === 0) return new Set();
    return this.tx.run(async () => {
      const changed = await this.tx.query<Changed & Record<string, unknown>>(
        `UPDATE licenses SET revoked_at = $2, revoked_reason = $3 WHERE license_key IN (
           SELECT license_key FROM licenses WHERE ${found} ORDER BY license_key FOR UPDATE
         ) RETURNING license_key, user_id`,
        [names, revoked_at, reason],
      );
      const told = changed.map(({ license_key }) => ({ data: { license_key, change, reason }, key: license_key }));
      await this.outbox.appendAll(LicenseStatusChanged, told);
      const owners = new Set(changed.flatMap(({ user_id }) => user_id ?? []));
      for (const user_id of [...owners].sort()) await this.entitlements.recompute(user_id);
      return new Set(changed.map(({ license_key }) => license_key));
    });
  }
}
