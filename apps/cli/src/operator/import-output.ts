/** What became of a whole file, counted. */
export interface ImportCounts {
  id: string | null;
  added: number;
  known: number;
  revoked: number;
  skipped: number;
  rejected: number;
}

export interface RejectedRow {
  line: number;
  outcome: string;
  code: string | null;
  /** Member or column that has to be mended. */
  field: string | null;
  /** What is wrong with it, and how to mend it. */
  detail: string | null;
}

/** Where a report goes while the file is still being read: however many rows are rejected, none is kept. */
export interface ImportOutput {
  rejected(rows: readonly RejectedRow[]): void;
  end(counts: ImportCounts): void;
}

type Write = (text: string) => void;

/** One JSON object, whose rows come first. */
export function jsonOutput(write: Write): ImportOutput {
  let before = '{"rows":[';
  const row = (one: RejectedRow): void => {
    write(`${before}\n${JSON.stringify(one)}`);
    before = ',';
  };
  return {
    rejected: (rows) => rows.forEach(row),
    end: (counts) => write(`${before === ',' ? '\n' : before}],\n${JSON.stringify(counts).slice(1)}\n`),
  };
}

/** A line for every row that was rejected, and the counts. */
export function textOutput(write: Write, dry: boolean): ImportOutput {
  return {
    rejected: (rows) => rows.forEach((row) => write(`${textOf(row)}\n`)),
    end: ({ id, added, known, revoked, skipped, rejected }) => {
      const done = dry ? 'would be added' : 'added';
      write(`${added} ${done}, ${known} known, ${revoked} revoked, ${skipped} skipped, ${rejected} rejected\n`);
      if (id) write(`Batch ${id}\n`);
    },
  };
}

const textOf = ({ line, code, field, detail }: RejectedRow): string =>
  `line ${line}${field ? `, ${field}` : ''}: ${detail ?? 'rejected.'} (${code})`;
