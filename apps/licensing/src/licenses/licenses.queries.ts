import { Injectable } from '@nestjs/common';
import { orderNames, type LicensePage, type LicenseStatus, type SearchLicensesRequest } from '#contracts';
import { parseLicenseKey } from '#license-format';
import { Transactions } from '#persistence';
import type { SelectQueryBuilder } from 'typeorm';
import { Clock } from '../clock/clock.service.js';
import { refuseField } from '../clock/times.rules.js';
import { LicenseEntity } from './license.entity.js';

const DEFAULT_LIMIT = 50;
const NOBODY = '';

/** The same order as in `statusOf`: revoked goes before suspended, suspended before expired. */
const STATUS_SQL: Record<LicenseStatus, string> = {
  revoked: 'l.revoked_at IS NOT NULL',
  suspended: 'l.revoked_at IS NULL AND l.suspended_at IS NOT NULL',
  expired: 'l.revoked_at IS NULL AND l.suspended_at IS NULL AND l.expires_at <= :now',
  active: 'l.revoked_at IS NULL AND l.suspended_at IS NULL AND l.expires_at > :now',
};

const cursorOf = (l: LicenseEntity): string =>
  Buffer.from(JSON.stringify([l.issued_at.toISOString(), l.license_key])).toString('base64url');

function readCursor(cursor: string): { at: Date; key: string } {
  try {
    const [at, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [string, string];
    if (parseLicenseKey(key) === key && !Number.isNaN(Date.parse(at))) return { at: new Date(at), key };
  } catch {
    // Refused below, like a well-formed cursor that is none of ours.
  }
  throw refuseField('cursor', 'invalid_format', 'cursor must be the next_cursor of an earlier page.');
}

@Injectable()
export class LicensesQueries {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Licenses that match every given filter, newest first. @throws Refusal `validation_failed` for a foreign cursor */
  async search(request: SearchLicensesRequest): Promise<LicensePage> {
    const now = this.clock.now();
    const limit = request.limit ?? DEFAULT_LIMIT;
    const rows = await this.matching(request, now)
      .orderBy('l.issued_at', 'DESC')
      .addOrderBy('l.license_key', 'DESC')
      .limit(limit + 1)
      .getMany();
    const page = rows.slice(0, limit);
    return {
      licenses: page.map((license) => license.toRecord(now)),
      next_cursor: rows.length > limit ? cursorOf(page.at(-1)!) : null,
    };
  }

  private matching(request: SearchLicensesRequest, now: Date): SelectQueryBuilder<LicenseEntity> {
    const { email, tier, status, cursor, license_key = request.key, order = request.gumroad_order_id } = request;
    const found = this.tx.manager.createQueryBuilder(LicenseEntity, 'l');
    if (email !== undefined) found.andWhere('lower(l.email) = lower(:email)', { email });
    // A key that cannot be one is asked for like any other; nobody has it.
    if (license_key !== undefined) {
      found.andWhere('l.license_key = :license_key', { license_key: parseLicenseKey(license_key) ?? NOBODY });
    }
    if (order !== undefined) found.andWhere('l.gumroad_order_id IN (:...orders)', { orders: orderNames(order) });
    if (tier !== undefined) found.andWhere('l.tier = :tier', { tier });
    if (status !== undefined) found.andWhere(STATUS_SQL[status as LicenseStatus], { now });
    if (cursor !== undefined) found.andWhere('(l.issued_at, l.license_key) < (:at, :key)', readCursor(cursor));
    return found;
  }
}
