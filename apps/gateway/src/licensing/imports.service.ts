import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  ImportLicenses,
  ImportLicensesRequest,
  ImportSales,
  parse,
  ReadImport,
  ReadSalesFile,
  type ImportReport,
  type ReadImportRequest,
} from '#contracts';
import { inWords, type ImportAnswer, type ImportBatchAnswer } from './import-answers.js';
import { importIn } from './imports.rules.js';
import { uploadIn } from './upload.rules.js';

/** Takes uploads of licenses that were issued elsewhere, and of sales that were made before. */
@Injectable()
export class ImportsService {
  constructor(private readonly bus: Bus) {}

  /** @throws Refusal `validation_failed` */
  async run(request: FastifyRequest, ask: SendAs): Promise<ImportAnswer> {
    const upload = await uploadIn(request);
    const input = parse(ImportLicensesRequest, importIn(upload));
    return inWords(await (upload.isCsv ? this.runSales(input, ask) : this.bus.send(ImportLicenses, input, ask)));
  }

  async read(input: ReadImportRequest, ask: SendAs): Promise<ImportBatchAnswer> {
    return inWords(await this.bus.send(ReadImport, input, ask));
  }

  /** Fulfillment knows what the stores sell, and licensing which of it has a license. */
  private async runSales({ text, first_line, ...how }: ImportLicensesRequest, ask: SendAs): Promise<ImportReport> {
    const { rows } = await this.bus.send(ReadSalesFile, { text, first_line }, ask);
    return this.bus.send(ImportSales, { ...how, rows }, ask);
  }
}
