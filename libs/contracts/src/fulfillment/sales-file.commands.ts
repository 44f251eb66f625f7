import { command } from '../command.js';
import { Int, NestedList, Text } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { MOST_SALE_ROWS, SaleRow } from '../licensing/sales-import.commands.js';

export class ReadSalesFileRequest {
  @Text({ min: 0, max: 400_000, description: 'Gumroad’s export of sales: its header, and records.' }) text!: string;
  @Int({ optional: true, min: 1, description: 'Line of the first record, when this is a further part.' })
  first_line?: number;
}

export class SalesFile {
  @NestedList(() => SaleRow, { max: MOST_SALE_ROWS }) rows!: SaleRow[];
}

export const ReadSalesFile = command('fulfillment.sales_file.read', {
  request: ReadSalesFileRequest,
  response: SalesFile,
  errors: [ValidationFailed],
  permission: 'internal:licenses.import',
  timeoutMs: 15_000,
  concurrency: 2,
  summary: 'Reads a store’s export of sales: what each row sold, by the mapping of products; writes nothing.',
});
