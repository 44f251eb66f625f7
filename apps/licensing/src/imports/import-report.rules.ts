import { IMPORT_OUTCOMES, type ImportedRow, type ImportOutcome, type ImportReport } from '#contracts';

/** What became of the rows, counted. */
export function reportOf(id: string | null, rows: ImportedRow[]): ImportReport {
  const none = IMPORT_OUTCOMES.map((outcome) => [outcome, 0]);
  const counts = Object.fromEntries(none) as Record<ImportOutcome, number>;
  for (const { outcome } of rows) counts[outcome] += 1;
  return { id, dry_run: id === null, ...counts, rows };
}
