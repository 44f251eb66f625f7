import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { Issuance } from './issuance.repository.js';
import { LicenseEntity } from './license.entity.js';

export type LicenseName = { license_key: string } | { gumroad_order_id: string };

@Injectable()
export class LicensesRepository {
  constructor(private readonly tx: Transactions) {}

  find(name: LicenseName | { issuance_id: string }): Promise<LicenseEntity | null> {
    return this.tx.manager.findOneBy(LicenseEntity, name);
  }

  /** The license, locked until the transaction ends. */
  lock(name: LicenseName): Promise<LicenseEntity | null> {
    return this.tx.manager.findOne(LicenseEntity, { where: name, lock: { mode: 'pessimistic_write' } });
  }

  async save(license: LicenseEntity): Promise<void> {
    await this.tx.manager.save(LicenseEntity, license, { reload: false });
  }

  /** Stores what was signed. @returns false when a parallel mint of the same reservation has stored it. */
  async insertSigned(issuance: Issuance, blob: string, kid: string): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO licenses (license_key, name, email, tier, issued_at, expires_at, paid_until, blob, kid, gumroad_order_id, notes, issuance_id)
       SELECT license_key, name, email, tier, issued_at, expires_at, expires_at, $2, $3, gumroad_order_id, notes, id
       FROM license_issuance WHERE id = $1
       ON CONFLICT DO NOTHING RETURNING license_key`,
      [issuance.id, blob, kid],
    );
    return rows.length > 0;
  }

  /** Gives unowned licenses sold to an address to an account, locked in one order. @returns their keys */
  async assignSoldTo(email: string, userId: string): Promise<string[]> {
    const rows = await this.tx.query<{ license_key: string }>(
      `UPDATE licenses SET user_id = $2 WHERE license_key IN (
         SELECT license_key FROM licenses WHERE lower(email) = lower($1) AND user_id IS NULL ORDER BY license_key FOR UPDATE
       ) RETURNING license_key`,
      [email, userId],
    );
    return rows.map((row) => row.license_key);
  }
}
