import { IMPORT_PROBLEMS, ImportBatch, ImportedRow, ImportReport, NestedList, Text } from '#contracts';

export class ImportRowAnswer extends ImportedRow {
  @Text({ nullable: true, max: 255, description: 'The same for people: what is wrong, and how to mend it.' })
  detail!: string | null;
}

export class ImportAnswer extends ImportReport {
  @NestedList(() => ImportRowAnswer, { max: 20_000 }) override rows!: ImportRowAnswer[];
}

export class ImportBatchAnswer extends ImportBatch {
  @NestedList(() => ImportRowAnswer, { max: 20_000 }) override rows!: ImportRowAnswer[];
}

/** A report whose rows say in a sentence what their codes mean; the bus has no room for as many sentences. */
export const inWords = <T extends ImportReport>(report: T): T & { rows: ImportRowAnswer[] } => ({
  ...report,
  rows: report.rows.map((row) => ({ ...row, detail: row.code === null ? null : (IMPORT_PROBLEMS[row.code] ?? null) })),
});
