import { Injectable } from '@nestjs/common';
import type { ImportedRow, ImportReport, ImportSalesRequest } from '#contracts';
import { Transactions } from '#persistence';
import { LicenseBatches } from '../licenses/license-batches.service.js';
import { reportOf } from './import-report.rules.js';
import { SaleBlobs, type Made } from './sale-blobs.service.js';
import { foreseeSales, unmintable, type ForeseenSale, type KnownSales } from './sales-row.rules.js';
import { SalesImportRepository } from './sales-import.repository.js';

/** Makes licenses for sales that another system has settled: by the order, so that again is a no-op (I1, I5). */
@Injectable()
export class SalesImportService {
  constructor(
    private readonly tx: Transactions,
    private readonly books: SalesImportRepository,
    private readonly blobs: SaleBlobs,
    private readonly licenses: LicenseBatches,
  ) {}

  /** What is signed when it fails stays in the log only, and is gone on with at the next try; all else is one transaction. */
  async run(request: ImportSalesRequest, requestedBy: string): Promise<ImportReport> {
    if (request.import_id) await this.books.assertOpen(request.import_id);
    const foreseen = foreseeSales(request.rows, await this.books.known(request.rows));
    if (request.dry_run) {
      const rows = foreseen.map(({ row }) => row);
      return reportOf(null, rows);
    }
    const sales = foreseen.flatMap(({ sale }) => sale ?? []);
    const made = await this.blobs.make(sales, requestedBy);
    return this.tx.run(() => this.settle(request, foreseen, made, requestedBy));
  }

  private async settle(
    request: ImportSalesRequest,
    foreseen: readonly ForeseenSale[],
    made: Made,
    requestedBy: string,
  ): Promise<ImportReport> {
    const batch = await this.books.batch(request, requestedBy);
    const signed = [...made.values()].flatMap((one) => ('blob' in one ? [one] : []));
    const stored = await this.books.store(batch, signed);
    const elsewhere = await this.books.licensed([...made.keys()].filter((order) => !stored.has(order)));
    const orders = foreseen.flatMap(({ refunded }) => refunded ?? []);
    const revoked = await this.licenses.revokeSold(orders, 'refunded');
    const rows = foreseen.map((one) => rowOf(one, made, { stored, elsewhere, revoked }));
    await this.books.note(batch.id, rows);
    return reportOf(batch.id, rows);
  }
}

interface Stored {
  /** Orders of which the license is this batch's. */
  stored: Set<string>;
  /** Licenses that a parallel import was faster to make. */
  elsewhere: KnownSales['orders'];
  /** Licenses that this batch has revoked; others may have been faster with some that it foresaw. */
  revoked: Set<string>;
}

function rowOf({ row, sale }: ForeseenSale, made: Made, { stored, elsewhere, revoked }: Stored): ImportedRow {
  if (row.outcome === 'revoked' && !revoked.has(row.license_key!)) return { ...row, outcome: 'known' };
  if (!sale) return row;
  const one = made.get(sale.order)!;
  if ('code' in one) return unmintable(row.line, one);
  if (stored.has(sale.order)) return { ...row, license_key: one.issuance.license_key };
  const other = elsewhere.get(sale.order);
  if (!other) throw new Error('the key of a reservation belongs to another license');
  return { ...row, outcome: 'known', license_key: other.license_key };
}
