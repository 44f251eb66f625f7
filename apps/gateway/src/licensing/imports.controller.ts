import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  ImportLicenses,
  ImportSales,
  parse,
  ReadImport,
  ReadSalesFile,
  ReadImportRequest,
  UndoImport,
  ImportLicensesRequest,
  ImportRequest,
  type ImportBatch,
  type ImportReport,
  type UndoneImport,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { importIn, isCsv } from './imports.rules.js';

const tag = 'Internal: licensing';
const description =
  'The log of issued licenses as the body, one JSON object a line, or as `text/csv` Gumroad’s export of sales; at most ' +
  '256 KiB; `dry_run`, `mail`, `import_id` and `first_line` in the query. A longer file is sent in parts, each part of an ' +
  'export with its header: the first answer’s `id` is the next part’s `import_id`, and `first_line` the line of its first record.';

@Controller('internal/imports')
export class ImportsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @HttpCode(200)
  @Serves(ImportLicenses, { body: 'raw', also: [ReadSalesFile, ImportSales], docs: { tag, description } })
  run(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<ImportReport> {
    const input = parse(ImportLicensesRequest, importIn(request));
    if (isCsv(request)) return this.runSales(input, ask);
    return this.bus.send(ImportLicenses, input, { ...ask, timeoutMs: ImportLicenses.timeoutMs });
  }

  /** Fulfillment knows what the stores sell, and licensing which of it has a license. */
  private async runSales({ text, first_line, ...how }: ImportLicensesRequest, ask: SendAs): Promise<ImportReport> {
    const { rows } = await this.bus.send(
      ReadSalesFile,
      { text, first_line },
      { ...ask, timeoutMs: ReadSalesFile.timeoutMs },
    );
    return this.bus.send(ImportSales, { ...how, rows }, { ...ask, timeoutMs: ImportSales.timeoutMs });
  }

  @Get(':id')
  @Serves(ReadImport, { docs: { tag } })
  read(@Input() input: ReadImportRequest, @Ask() ask: SendAs): Promise<ImportBatch> {
    return this.bus.send(ReadImport, input, ask);
  }

  @Delete(':id')
  @Serves(UndoImport, { docs: { tag } })
  undo(@Input() input: ImportRequest, @Ask() ask: SendAs): Promise<UndoneImport> {
    return this.bus.send(UndoImport, input, ask);
  }
}
