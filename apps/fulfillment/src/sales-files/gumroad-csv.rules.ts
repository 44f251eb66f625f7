import { parse } from 'csv-parse/sync';

/** A record by the names of its columns; of columns that are named alike the first counts. */
export interface CsvRecord {
  line: number;
  cell(column: string): string | null;
  has(column: string): boolean;
}

/** The text is no export of sales. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';

  /** @param field what is wrong: the text as a whole, or a column of it */
  constructor(
    message: string,
    readonly field = 'text',
  ) {
    super(message);
  }
}

interface Parsed {
  record: string[];
  /** Line that it begins in; it may span several. */
  line: number;
}

/** Begins what a spreadsheet would take for a formula; the export puts an apostrophe in front. */
const PROTECTED = /^'(?=[=+\-@\t\r|%])/;
const KEY_COLUMN = 'Purchase ID';
const NO_KEY_COLUMN = `The file has no column “${KEY_COLUMN}”; send Gumroad’s export of sales with its header row, separated by commas.`;

/**
 * Reads records below a header, matched by name: columns come and go (I2). Blank lines and the row of totals are none.
 * @param firstLine line of the first record; default: where it is in the text
 * @throws UnreadableFile
 */
export function readRecords(text: string, firstLine?: number): CsvRecord[] {
  const [header, ...records] = parsed(text);
  if (!header?.record.includes(KEY_COLUMN)) throw new UnreadableFile(NO_KEY_COLUMN, KEY_COLUMN);
  const columns = new Map<string, number>();
  header.record.forEach((name, at) => columns.set(name, columns.get(name) ?? at));
  const shift = firstLine === undefined ? 0 : firstLine - header.line - 1;
  return records
    .filter(({ record }) => !record.some((cell, at) => at <= 1 && cell.trim() === 'Totals'))
    .map(({ record, line }) => ({
      line: line + shift,
      has: (column) => columns.has(column),
      cell: (column) => record[columns.get(column) ?? -1]?.replace(PROTECTED, '').trim() || null,
    }));
}

/** The parser's own count takes a line break within quotes for two, so lines are counted here. */
function parsed(text: string): Parsed[] {
  let next = 1;
  return recordsIn(text).flatMap(({ record, raw }) => {
    const line = next;
    next += raw.split(/\r\n|\n|\r/).length - 1;
    return record.length === 1 && record[0]!.trim() === '' ? [] : [{ record, line }];
  });
}

function recordsIn(text: string): { record: string[]; raw: string }[] {
  try {
    const options = { bom: true, raw: true, relax_column_count: true, relax_quotes: true } as const;
    return parse(text, options) as unknown as { record: string[]; raw: string }[];
  } catch (error) {
    throw new UnreadableFile(`text is no CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
}
