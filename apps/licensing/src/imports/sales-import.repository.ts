import { Injectable } from '@nestjs/common';
import { LicenseIssued, NotFound, type ImportedRow, type ImportSalesRequest, type SaleRow } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { IssuanceRepository, type Issuance } from '../licenses/issuance.repository.js';
import { LicensesRepository } from '../licenses/licenses.repository.js';
import { ImportsRepository } from './imports.repository.js';
import type { KnownSales } from './sales-row.rules.js';

/** What was signed for a sale. */
interface Signed {
  blob: string;
  kid: string;
  mail: boolean;
  order: string;
}

/** What an import of sales reads and writes. */
@Injectable()
export class SalesImportRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly licenses: LicensesRepository,
    private readonly issuances: IssuanceRepository,
    private readonly imports: ImportsRepository,
    private readonly outbox: Outbox,
  ) {}

  async known(rows: readonly SaleRow[]): Promise<KnownSales> {
    const found = await this.tx.query<{ order: string; license_key: string; revoked: boolean }>(
      `SELECT gumroad_order_id AS "order", license_key, revoked_at IS NOT NULL AS revoked
       FROM licenses WHERE gumroad_order_id = ANY ($1::text[])`,
      [rows.flatMap(({ order }) => order ?? [])],
    );
    const erased = await this.tx.query<{ email: string }>(
      `SELECT email FROM unnest($1::text[]) AS email
       WHERE EXISTS (SELECT 1 FROM erased_addresses WHERE address_hash = address_hash(email))`,
      [rows.flatMap(({ email }) => email?.toLowerCase() ?? [])],
    );
    const orders = found.map(({ order, license_key, revoked }) => [order, { license_key, revoked }] as const);
    return { orders: new Map(orders), erased: new Set(erased.map(({ email }) => email)) };
  }

  /** The batch that the upload is a part of; a new one for a first part. @throws Refusal `not_found` */
  async batch({ import_id, mail }: ImportSalesRequest, requestedBy: string): Promise<{ id: string; mail: boolean }> {
    const id = import_id ?? (await this.imports.begin('gumroad_csv', mail ?? false, requestedBy));
    const batch = await this.imports.find(id);
    if (!batch || batch.state === 'undone') throw NotFound.with('There is no such import.');
    return { id, mail: batch.mail };
  }

  note(importId: string, rows: readonly ImportedRow[]): Promise<void> {
    return this.imports.note(importId, rows);
  }

  /** Stores a license as a part of the batch; what a parallel import has stored stays that one's. */
  async store(importId: string, issuance: Issuance, { blob, kid, mail, order }: Signed): Promise<void> {
    if (!(await this.licenses.insertSigned(issuance, blob, kid))) return;
    const { license_key, tier } = issuance;
    await this.issuances.complete(issuance.id, kid, new Date());
    await this.tx.query('UPDATE licenses SET import_id = $2 WHERE license_key = $1', [license_key, importId]);
    // Without the event nobody is mailed (see ImportsService).
    if (mail) await this.outbox.append(LicenseIssued, { license_key, tier, order }, { key: license_key });
  }
}
