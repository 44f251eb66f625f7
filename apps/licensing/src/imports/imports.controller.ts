import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ImportLicenses,
  ReadImport,
  UndoImport,
  type Call,
  type ImportBatch,
  type ImportLicensesRequest,
  type ImportReport,
  type ImportRequest,
  type ReadImportRequest,
  type UndoneImport,
} from '#contracts';
import { ImportsService } from './imports.service.js';

@Controller()
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /** Opens its own transaction, once all signatures are checked. */
  @Handles(ImportLicenses, { transaction: false })
  run(input: ImportLicensesRequest, { actor, caller }: Call): Promise<ImportReport> {
    return this.imports.run(input, actor?.kind === 'caller' ? actor.caller : caller);
  }

  @Handles(ReadImport, { transaction: false })
  read(input: ReadImportRequest): Promise<ImportBatch> {
    return this.imports.page(input);
  }

  @Handles(UndoImport)
  async undo({ id }: ImportRequest): Promise<UndoneImport> {
    return { removed: await this.imports.undo(id) };
  }
}
