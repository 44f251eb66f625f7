import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ImportLicenses,
  ImportSales,
  ListImports,
  ReadImport,
  UndoImport,
  type Call,
  type ImportBatch,
  type ImportLicensesRequest,
  type ImportPage,
  type ImportReport,
  type ImportRequest,
  type ImportSalesRequest,
  type ListImportsRequest,
  type ReadImportRequest,
  type UndoneImport,
} from '#contracts';
import { ImportsQueries } from './imports.queries.js';
import { ImportsService } from './imports.service.js';
import { SalesImportService } from './sales-import.service.js';
import { UndoService } from './undo.service.js';

@Controller()
export class ImportsController {
  constructor(
    private readonly imports: ImportsService,
    private readonly sales: SalesImportService,
    private readonly undoing: UndoService,
    private readonly queries: ImportsQueries,
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

  @Handles(ListImports, { transaction: false })
  list(input: ListImportsRequest): Promise<ImportPage> {
    return this.queries.page(input);
  }

  /** A transaction for every few licenses: none has the locks of a whole batch. */
  @Handles(UndoImport, { transaction: false })
  undo({ id }: ImportRequest, { deadline }: Call): Promise<UndoneImport> {
    return this.undoing.undo(id, deadline);
  }
}
