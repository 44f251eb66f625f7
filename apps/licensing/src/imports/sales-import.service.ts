import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  Refusal,
  SignBlob,
  type ImportedRow,
  type ImportReport,
  type ImportSalesRequest,
  type MintLicenseRequest,
} from '#contracts';
import { Transactions } from '#persistence';
import { claimsOf } from '../licenses/blob-claims.rules.js';
import { LicensesService } from '../licenses/licenses.service.js';
import { ReservationsService } from '../licenses/reservations.service.js';
import { reportOf } from './import-report.rules.js';
import { foreseeSales, type ForeseenSale } from './sales-row.rules.js';
import { SalesImportRepository } from './sales-import.repository.js';

/** Licenses that are signed at once; more would only wait at the keyring. */
const LANES = 16;

/** Makes licenses for sales that another system has settled: by the order, so that again is a no-op (I1, I5). */
@Injectable()
export class SalesImportService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly books: SalesImportRepository,
    private readonly reservations: ReservationsService,
    private readonly licenses: LicensesService,
  ) {}

  async run(request: ImportSalesRequest, requestedBy: string): Promise<ImportReport> {
    const foreseen = foreseeSales(request.rows, await this.books.known(request.rows));
    if (request.dry_run)
      return reportOf(
        null,
        foreseen.map(({ row }) => row),
      );
    const { id, mail } = await this.books.batch(request, requestedBy);
    const rows: ImportedRow[] = [];
    const waiting = foreseen.values();
    const lane = async (): Promise<void> => {
      for (const sale of waiting) rows.push(await this.settle(sale, { id, mail, requestedBy }));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    rows.sort((a, b) => a.line - b.line);
    await this.books.note(id, rows);
    return reportOf(id, rows);
  }

  private async settle({ row, sale }: ForeseenSale, batch: Batch): Promise<ImportedRow> {
    try {
      if (row.outcome === 'added') return { ...row, license_key: await this.make(sale as MintLicenseRequest, batch) };
      if (row.outcome === 'revoked') await this.revoke(sale!.order!);
      return row;
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return { ...row, outcome: 'rejected', code: 'invalid_terms' };
    }
  }

  /** As every license is made: reserved, signed, stored; no transaction waits for the keyring. */
  private async make(sale: MintLicenseRequest, { id, mail, requestedBy }: Batch): Promise<string> {
    const issuance = await this.tx.run(() => this.reservations.reserve(sale, requestedBy));
    const { blob, kid } = await this.bus.send(SignBlob, claimsOf(issuance));
    await this.tx.run(() => this.books.store(id, issuance, { blob, kid, mail, order: sale.order! }));
    return issuance.license_key;
  }

  private async revoke(order: string): Promise<void> {
    await this.tx.run(() => this.licenses.revoke({ gumroad_order_id: order, reason: 'refunded' }));
  }
}

interface Batch {
  id: string;
  mail: boolean;
  requestedBy: string;
}
