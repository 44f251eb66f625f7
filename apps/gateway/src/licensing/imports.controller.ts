import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  ImportLicenses,
  ImportSales,
  ListImports,
  ListImportsRequest,
  ReadImport,
  ReadSalesFile,
  ReadImportRequest,
  UndoImport,
  ImportRequest,
  type ImportLicensesRequest,
  type ImportPage,
  type UndoneImport,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';
import { ImportAnswer, ImportBatchAnswer } from './import-answers.js';
import { ImportsService } from './imports.service.js';

const tag = 'Internal: licensing';
const QUERY = ['dry_run', 'mail', 'import_id', 'first_line'] as const satisfies (keyof ImportLicensesRequest)[];
const description =
  'The log of issued licenses as the body, one JSON object a line, or as `text/csv` Gumroad’s export of sales; at most ' +
  '256 KiB; also as the file of a form (`multipart/form-data`), whose fields then say the rest. A longer file is sent in parts, each part of an ' +
  'export with its header: the first answer’s `id` is the next part’s `import_id`, and `first_line` the line of its first record.';

@Controller('internal/imports')
export class ImportsController {
  constructor(
    private readonly bus: Bus,
    private readonly imports: ImportsService,
  ) {}

  @Post()
  @HttpCode(200)
  @Serves(ImportLicenses, {
    body: 'raw',
    also: [ReadSalesFile, ImportSales],
    docs: { tag, description, answer: ImportAnswer, query: QUERY, consumes: ['application/x-ndjson', 'text/csv'] },
  })
  run(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<ImportAnswer> {
    return this.imports.run(request, ask);
  }

  @Get()
  @Serves(ListImports, { docs: { tag } })
  list(@Input() input: ListImportsRequest, @Ask() ask: SendAs): Promise<ImportPage> {
    return this.bus.send(ListImports, input, ask);
  }

  @Get(':id')
  @Serves(ReadImport, { docs: { tag, answer: ImportBatchAnswer } })
  read(@Input() input: ReadImportRequest, @Ask() ask: SendAs): Promise<ImportBatchAnswer> {
    return this.imports.read(input, ask);
  }

  @Delete(':id')
  @Serves(UndoImport, { docs: { tag } })
  undo(@Input() input: ImportRequest, @Ask() ask: SendAs): Promise<UndoneImport> {
    return this.bus.send(UndoImport, input, ask);
  }
}
