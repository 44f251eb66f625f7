import { Injectable } from '@nestjs/common';
import { MOST_SALE_ROWS, ValidationFailed, type ReadSalesFileRequest, type SaleRow } from '#contracts';
import { ProductCatalog } from '../products/product-catalog.js';
import { readRecords, UnreadableFile, type CsvRecord } from './gumroad-csv.rules.js';
import { saleRows } from './sale-row.rules.js';

/** What rows may weigh: they go on as one message, of which the broker carries a mebibyte, and so does its answer. */
const MOST_BYTES = 900_000;

/** Reads exports of sales by the mapping of products. */
@Injectable()
export class SalesFilesService {
  constructor(private readonly products: ProductCatalog) {}

  /** @throws Refusal `validation_failed` when the text is no export, or makes more licenses than can be told at once */
  read({ text, first_line }: ReadSalesFileRequest): SaleRow[] {
    const now = new Date();
    const terms = this.products.find.bind(this.products, 'gumroad');
    const rows: SaleRow[] = [];
    let bytes = 0;
    for (const record of recordsIn(text, first_line)) {
      for (const row of saleRows(record, terms, now)) {
        // With the comma before the next.
        bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
        rows.push(row);
      }
      if (bytes > MOST_BYTES || rows.length > MOST_SALE_ROWS) throw refused('too_many', TOO_MANY);
    }
    return rows;
  }
}

const TOO_MANY = 'text makes more licenses than can be made at once; send it in smaller parts.';

function recordsIn(text: string, firstLine?: number): CsvRecord[] {
  try {
    return readRecords(text, firstLine);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw refused('invalid', error.message, error.field);
  }
}

const refused = (code: string, detail: string, field = 'text') =>
  ValidationFailed.with({ detail: `Mend these fields: ${field}.`, errors: [{ field, code, detail }] });
