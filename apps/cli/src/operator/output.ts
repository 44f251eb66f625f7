type Row = Record<string, unknown>;

const cell = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** Rows under the names of their columns, for a person's eyes; control characters never reach the terminal. */
export function table(rows: readonly Row[], columns: readonly string[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.replace(/\p{Cc}/gu, '?').padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Everything as JSON, or what a person wants to see. */
export function print(answer: object, json: boolean, shown: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(answer, null, 2) : shown()}\n`);
}
