import { command } from '../command.js';
import { Flag, Int, NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import type { ImportProblem } from './import-problems.js';
import { ImportReport } from './imports.commands.js';
import { TIERS, type Tier } from './licenses.commands.js';

/** `sold`: makes a license, unless there is one; `refunded`: must have none in force; `other`: makes none. */
export const SALE_ROW_KINDS = ['sold', 'refunded', 'other', 'unreadable'] as const;
export type SaleRowKind = (typeof SALE_ROW_KINDS)[number];

/** Rows of one message at most. */
export const MOST_SALE_ROWS = 20_000;

/** A row of a store's export of sales. */
export class SaleRow {
  @Int({ min: 1 }) line!: number;
  @OneOf(SALE_ROW_KINDS) kind!: SaleRowKind;
  @Text({ nullable: true, max: 64, description: 'Why it makes no license.' }) code!: ImportProblem | null;
  @Text({ nullable: true, max: 191 }) order!: string | null;
  @Text({ nullable: true, max: 128 }) name!: string | null;
  @Text({ nullable: true, max: 254 }) email!: string | null;
  @OneOf(TIERS, { nullable: true }) tier!: Tier | null;
  @Timestamp({ nullable: true }) expires_at!: string | null;
}

export class ImportSalesRequest {
  @NestedList(() => SaleRow, { max: MOST_SALE_ROWS }) rows!: SaleRow[];
  @Flag({ optional: true, description: 'Only tells what would happen; writes nothing.' }) dry_run?: boolean;
  @Flag({ optional: true, description: 'Whether the buyers are mailed their license; default no.' }) mail?: boolean;
  @Uuid({ optional: true, description: 'Batch that this is a further part of.' }) import_id?: string;
}

export const ImportSales = command('licensing.import.sales', {
  request: ImportSalesRequest,
  response: ImportReport,
  errors: [ValidationFailed, NotFound],
  permission: 'internal:licenses.import',
  timeoutMs: 60_000,
  concurrency: 2,
  summary: 'Makes licenses for sales that have none yet, and revokes those of refunded ones; again is a no-op.',
});
