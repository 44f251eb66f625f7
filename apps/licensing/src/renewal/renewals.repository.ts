import { Injectable } from '@nestjs/common';
import type { Tier } from '#contracts';
import { newId, Transactions } from '#persistence';
import type { Issuance } from '../licenses/issuance.repository.js';
import type { LicenseStanding } from '../licenses/license-status.rules.js';

/** A license as far as its renewal depends on it. */
export interface Renewable extends LicenseStanding {
  license_key: string;
  email: string;
  tier: Tier;
  kid: string;
  blob: string;
  user_id: string | null;
  renewed_at: Date | null;
  issued_at: Date;
  /** What its sales paid for, without what renewals gave on top; null: not known apart. */
  paid_until: Date | null;
}

export interface Right {
  order_ref: string;
  license_key: string;
  years: number;
  issuance_id: string | null;
  /** The money of its order went back. */
  withdrawn_at: Date | null;
}

export interface NewBlobTerms {
  purpose: 'renew' | 'reissue' | 'terms';
  /** Default: the license's own. */
  tier?: Tier;
  features: string[];
  issued_at: Date;
  expires_at: Date;
  requested_by: string;
}

const LICENSE =
  'license_key, email, tier, kid, blob, user_id, renewed_at, issued_at, paid_until, expires_at, revoked_at, suspended_at FROM licenses';
const RIGHT = 'order_ref, license_key, years, issuance_id, withdrawn_at FROM renewal_rights';
const ISSUANCE = 'id, license_key, tier, name, email, features, issued_at, expires_at';

/** New blobs of licenses that there are already, and the rights to them. */
@Injectable()
export class RenewalsRepository {
  constructor(private readonly tx: Transactions) {}

  /** The license, locked until the transaction ends. */
  async lock(license_key: string): Promise<Renewable | undefined> {
    const sql = `SELECT ${LICENSE} WHERE license_key = $1 FOR UPDATE`;
    return (await this.tx.query<Renewable & Record<string, unknown>>(sql, [license_key]))[0];
  }

  /** A renewal that was begun and not finished. */
  async open(license_key: string): Promise<Issuance | undefined> {
    const sql = `SELECT ${ISSUANCE} FROM license_issuance
      WHERE license_key = $1 AND purpose = 'renew' AND completed_at IS NULL`;
    return (await this.tx.query<Issuance & Record<string, unknown>>(sql, [license_key]))[0];
  }

  /** Logs what is about to be signed: the license's own name and address, with new terms. */
  async reserve(license_key: string, terms: NewBlobTerms): Promise<Issuance> {
    const [made] = await this.tx.query<Issuance & Record<string, unknown>>(
      `INSERT INTO license_issuance (id, purpose, license_key, tier, name, email, features, issued_at, expires_at, requested_by)
       SELECT $2, $3, license_key, COALESCE($8, tier), name, email, $4, $5, $6, $7 FROM licenses WHERE license_key = $1
       RETURNING ${ISSUANCE}`,
      [
        license_key,
        newId(),
        terms.purpose,
        terms.features,
        terms.issued_at,
        terms.expires_at,
        terms.requested_by,
        terms.tier ?? null,
      ],
    );
    return made!;
  }

  /** @returns false when another has finished it. */
  async complete(id: string, kid: string, now: Date): Promise<boolean> {
    const sql = `UPDATE license_issuance SET kid = $2, completed_at = $3 WHERE id = $1 AND completed_at IS NULL`;
    return (await this.tx.execute(sql, [id, kid, now])).rowCount === 1;
  }

  async store(issuance: Issuance, blob: string, kid: string, renewedAt: Date | null): Promise<void> {
    await this.tx.query(
      `UPDATE licenses SET blob = $2, kid = $3, tier = $6, expires_at = $4, renewed_at = COALESCE($5, renewed_at)
       WHERE license_key = $1`,
      [issuance.license_key, blob, kid, issuance.expires_at, renewedAt, issuance.tier],
    );
  }

  async notePaid(license_key: string, paidUntil: Date): Promise<void> {
    await this.tx.query('UPDATE licenses SET paid_until = $2 WHERE license_key = $1', [license_key, paidUntil]);
  }

  async grant(right: Omit<Right, 'issuance_id' | 'withdrawn_at'>, grantedBy: string): Promise<Right> {
    const { order_ref, license_key, years } = right;
    await this.tx.query(
      `INSERT INTO renewal_rights (order_ref, license_key, years, granted_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (order_ref) DO UPDATE SET withdrawn_at = NULL, issuance_id = NULL
         WHERE renewal_rights.withdrawn_at IS NOT NULL AND renewal_rights.license_key = excluded.license_key`,
      [order_ref, license_key, years, grantedBy],
    );
    return (await this.right(order_ref))!;
  }

  async right(order: string): Promise<Right | undefined> {
    return (await this.tx.query<Right & Record<string, unknown>>(`SELECT ${RIGHT} WHERE order_ref = $1`, [order]))[0];
  }

  async withdraw({ order_ref }: Right): Promise<void> {
    await this.tx.query('UPDATE renewal_rights SET withdrawn_at = now() WHERE order_ref = $1', [order_ref]);
  }

  async unusedRight(license_key: string): Promise<Right | undefined> {
    const sql = `SELECT ${RIGHT}
      WHERE license_key = $1 AND issuance_id IS NULL AND withdrawn_at IS NULL ORDER BY granted_at LIMIT 1`;
    return (await this.tx.query<Right & Record<string, unknown>>(sql, [license_key]))[0];
  }

  async use(right: Right, issuanceId: string): Promise<void> {
    await this.tx.query('UPDATE renewal_rights SET issuance_id = $2 WHERE order_ref = $1', [
      right.order_ref,
      issuanceId,
    ]);
  }
}
