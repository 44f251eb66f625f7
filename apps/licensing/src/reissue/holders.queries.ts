import { Injectable } from '@nestjs/common';
import type { BlobHolderPage, ListBlobHoldersRequest, Tier } from '#contracts';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import { statusOf, type LicenseStanding } from '../licenses/license-status.rules.js';

const DEFAULT_LIMIT = 50;
const IN_FORCE = 'kid = $1 AND revoked_at IS NULL AND suspended_at IS NULL AND expires_at > $2';

interface Row extends LicenseStanding {
  license_key: string;
  tier: Tier;
}

/** Who holds blobs of a key. */
@Injectable()
export class HoldersQueries {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
  ) {}

  async page({ kid, cursor, limit = DEFAULT_LIMIT }: ListBlobHoldersRequest): Promise<BlobHolderPage> {
    const rows = await this.tx.query<Row & Record<string, unknown>>(
      `SELECT license_key, tier, expires_at, revoked_at, suspended_at FROM licenses
       WHERE kid = $1 AND ($2::text IS NULL OR license_key > $2) ORDER BY license_key LIMIT $3`,
      [kid, cursor ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const [count] = await this.tx.query<{ n: number }>('SELECT count(*)::int AS n FROM licenses WHERE kid = $1', [kid]);
    const now = this.clock.now();
    return {
      total: count!.n,
      holders: shown.map((row) => ({
        license_key: row.license_key,
        tier: row.tier,
        status: statusOf(row, now),
        expires_at: stamp(row.expires_at),
      })),
      next_cursor: rows.length > limit ? shown.at(-1)!.license_key : null,
    };
  }

  async inForce(kid: string, limit: number): Promise<string[]> {
    const sql = `SELECT license_key FROM licenses WHERE ${IN_FORCE} ORDER BY license_key LIMIT $3`;
    const rows = await this.tx.query<{ license_key: string }>(sql, [kid, this.clock.now(), limit]);
    return rows.map((row) => row.license_key);
  }

  async countInForce(kid: string): Promise<number> {
    const sql = `SELECT count(*)::int AS n FROM licenses WHERE ${IN_FORCE}`;
    return (await this.tx.query<{ n: number }>(sql, [kid, this.clock.now()]))[0]!.n;
  }
}
