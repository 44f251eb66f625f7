import { Injectable } from '@nestjs/common';
import type { BuyerLicenses, License, Tier } from '#contracts';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import { statusOf, type LicenseStanding } from '../licenses/license-status.rules.js';

const MOST = 1000;

interface Row extends LicenseStanding {
  license_key: string;
  tier: Tier;
  issued_at: Date;
}

/** What a buyer holds. */
@Injectable()
export class BuyersQueries {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
  ) {}

  async licenses(email: string): Promise<BuyerLicenses> {
    const rows = await this.tx.query<Row & Record<string, unknown>>(
      `SELECT license_key, tier, issued_at, expires_at, revoked_at, suspended_at FROM licenses
       WHERE lower(email) = lower($1) ORDER BY issued_at DESC, license_key LIMIT $2`,
      [email, MOST],
    );
    return { licenses: rows.map((row) => this.shown(row)) };
  }

  private shown(row: Row): License {
    const { license_key, tier, issued_at, expires_at } = row;
    return {
      license_key,
      tier,
      issued_at: stamp(issued_at),
      expires_at: stamp(expires_at),
      status: statusOf(row, this.clock.now()),
    };
  }
}
