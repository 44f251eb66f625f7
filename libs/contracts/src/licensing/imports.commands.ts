import { command } from '../command.js';
import { Flag, Int, NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import type { ImportProblem } from './import-problems.js';

export const IMPORT_OUTCOMES = ['added', 'known', 'revoked', 'skipped', 'rejected'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

export class ImportLicensesRequest {
  @Text({ min: 0, max: 400_000, description: 'Issued licenses, one JSON object a line.' }) text!: string;
  @Flag({ optional: true, description: 'Only tells what would happen; writes nothing.' }) dry_run?: boolean;
  @Flag({ optional: true, description: 'Whether the holders are mailed their license; default no.' }) mail?: boolean;
  @Uuid({ optional: true, description: 'Batch that this is a further part of.' }) import_id?: string;
  @Int({ optional: true, min: 1, description: 'Number of the first line, when this is a further part.' })
  first_line?: number;
}

export class ImportedRow {
  @Int({ min: 1 }) line!: number;
  @OneOf(IMPORT_OUTCOMES) outcome!: ImportOutcome;
  @Text({ nullable: true, max: 64, description: 'Why it was rejected, revoked or skipped.' })
  code!: ImportProblem | null;
  @Text({ nullable: true, max: 64, description: 'What of it was rejected: a member of the object, or a column.' })
  field!: string | null;
  @Text({ nullable: true, max: 64 }) license_key!: string | null;
}

export class ImportReport {
  @Uuid({ nullable: true, description: 'None for a dry run, which leaves nothing to undo.' }) id!: string | null;
  @Flag() dry_run!: boolean;
  @Int({ min: 0 }) added!: number;
  @Int({ min: 0 }) known!: number;
  @Int({ min: 0, description: 'Refunded, and its license revoked because of that.' }) revoked!: number;
  @Int({ min: 0, description: 'Nothing that makes a license.' }) skipped!: number;
  @Int({ min: 0 }) rejected!: number;
  @NestedList(() => ImportedRow, { max: 20_000 }) rows!: ImportedRow[];
}

export const ImportLicenses = command('licensing.import.run', {
  request: ImportLicensesRequest,
  response: ImportReport,
  errors: [ValidationFailed, NotFound],
  permission: 'internal:licenses.import',
  timeoutMs: 30_000,
  concurrency: 2,
  summary: 'Takes licenses over that were issued elsewhere; what is known already stays as it is.',
});

export class ImportRequest {
  @Uuid() id!: string;
}

export class ReadImportRequest extends ImportRequest {
  @Int({ optional: true, min: 0, description: 'Last line of the page before.' }) after_line?: number;
  @Int({ optional: true, min: 1, max: 1000, description: 'Default 200.' }) limit?: number;
}

export class ImportBatch extends ImportReport {
  @OneOf(['done', 'undone']) state!: string;
  @Text({ max: 64 }) requested_by!: string;
  @Timestamp() started_at!: string;
}

export const ReadImport = command('licensing.import.read', {
  request: ReadImportRequest,
  response: ImportBatch,
  errors: [NotFound],
  permission: 'internal:licenses.import',
  summary: 'What became of an import, by line.',
});

export class UndoneImport {
  @Int({ min: 0 }) removed!: number;
  @Int({ min: 0, description: 'Licenses that it had revoked.' }) restored!: number;
  @Flag({ optional: true, description: 'There are more than there was time for: ask again.' }) more?: boolean;
}

export const UndoImport = command('licensing.import.undo', {
  request: ImportRequest,
  response: UndoneImport,
  errors: [NotFound],
  permission: 'internal:licenses.import',
  timeoutMs: 60_000,
  concurrency: 2,
  summary:
    'Takes the licenses of an import back that nobody has changed since, and restores those that it revoked; again goes on where it ended.',
});

/** A batch without its lines. */
export class ImportSummary {
  @Uuid() id!: string;
  @OneOf(['jsonl', 'gumroad_csv']) format!: string;
  @OneOf(['done', 'undone']) state!: string;
  @Flag({ description: 'Whether the holders were mailed their license.' }) mail!: boolean;
  @Text({ max: 64 }) requested_by!: string;
  @Timestamp() started_at!: string;
  @Int({ min: 0, description: 'Lines that made licenses.' }) added!: number;
  @Int({ min: 0, description: 'Lines that were not taken.' }) rejected!: number;
}

export class ListImportsRequest {
  @Uuid({ optional: true, description: '`next_cursor` of the page before.' }) cursor?: string;
  @Int({ optional: true, min: 1, max: 50, description: 'Default 20.' }) limit?: number;
}

export class ImportPage {
  @NestedList(() => ImportSummary) imports!: ImportSummary[];
  @Uuid({ nullable: true }) next_cursor!: string | null;
}

export const ListImports = command('licensing.import.list', {
  request: ListImportsRequest,
  response: ImportPage,
  permission: 'internal:licenses.import',
  summary: 'Imports that were made, newest first: where the id is that an undo asks for.',
});
