import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  ImportLicenses,
  parse,
  ReadImport,
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
import { importIn } from './imports.rules.js';

const tag = 'Internal: licensing';
const description =
  'The log of issued licenses as the body, one JSON object a line, at most 256 KiB; `dry_run`, `mail`, `import_id` and ' +
  '`first_line` in the query. A longer log is sent in parts: the first answer’s `id` is the next part’s `import_id`.';

@Controller('internal/imports')
export class ImportsController {
  constructor(private readonly bus: Bus) {}

  @Post()
  @HttpCode(200)
  @Serves(ImportLicenses, { body: 'raw', docs: { tag, description } })
  run(@Req() request: FastifyRequest, @Ask() ask: SendAs): Promise<ImportReport> {
    const input = parse(ImportLicensesRequest, importIn(request));
    return this.bus.send(ImportLicenses, input, { ...ask, timeoutMs: ImportLicenses.timeoutMs });
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
