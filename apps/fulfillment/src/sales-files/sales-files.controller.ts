import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { ReadSalesFile, ValidationFailed, type ReadSalesFileRequest, type SalesFile } from '#contracts';
import { ProductCatalog } from '../products/product-catalog.js';
import { readRecords, UnreadableFile } from './gumroad-csv.rules.js';
import { saleRows } from './sale-row.rules.js';

@Controller()
export class SalesFilesController {
  constructor(private readonly products: ProductCatalog) {}

  @Handles(ReadSalesFile, { transaction: false })
  read({ text, first_line }: ReadSalesFileRequest): Promise<SalesFile> {
    try {
      const now = new Date();
      const terms = this.products.find.bind(this.products, 'gumroad');
      return Promise.resolve({ rows: readRecords(text, first_line).flatMap((record) => saleRows(record, terms, now)) });
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      const errors = [{ field: 'text', code: 'invalid', detail: error.message }];
      throw ValidationFailed.with({ detail: 'Mend these fields: text.', errors });
    }
  }
}
