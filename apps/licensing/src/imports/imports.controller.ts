import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ImportLicenses,
  ImportSales,
  ReadImport,
  UndoImport,
  type Call,
  type ImportBatch,
  type ImportLicensesRequest,
  type ImportReport,
  type ImportRequest,
  type ImportSalesRequest,
  type ReadImportRequest,
  type UndoneImport,
} from '#contracts';
import { ImportsService } from './imports.service.js';
import { SalesImportService } from './sales-import.service.js';

@Controller()
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly sales: SalesImportService,
  ) {}

  /** Opens its own transaction, once all signatures are checked. */
  @Handles(ImportLicenses, { transaction: false })
  run(input: ImportLicensesRequest, { actor, caller }: Call): Promise<ImportReport> {
    return this.imports.run(input, actor?.kind === 'caller' ? actor.caller : caller);
  }

  /** Every license is made in transactions of its own, which do not wait for its signature. */
  @Handles(ImportSales, { transaction: false })
  runSales(input: ImportSalesRequest, { actor, caller }: Call): Promise<ImportReport> {
    return this.sales.run(input, actor?.kind === 'caller' ? actor.caller : caller);
  }

  @Handles(ReadImport, { transaction: false })
  read(input: ReadImportRequest): Promise<ImportBatch> {
    return this.imports.page(input);
  }

  @Handles(UndoImport)
  undo({ id }: ImportRequest): Promise<UndoneImport> {
    return this.imports.undo(id);
  }
}
