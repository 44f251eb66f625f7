import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { accessFrom, InternalApi } from './internal-api.js';
import { print } from './output.js';

interface Options {
  dryRun?: boolean;
  mail?: boolean;
  json?: boolean;
}

interface Report {
  id: string | null;
  added: number;
  known: number;
  rejected: number;
  rows: { line: number; outcome: string; code: string | null }[];
}

/** Below what the API takes at once, whatever the last line adds. */
const PART_BYTES = 160_000;

/** `gatehouse import`: the log of issued licenses, part by part, so that its length does not matter. */
export const importCommand = (): Command =>
  new Command('import')
    .description('take over the log of licenses that another tool has issued (JSON lines)')
    .argument('<file>')
    .option('--dry-run', 'only tell what would happen')
    .option('--mail', 'mail the holders their license')
    .option('--json', 'print the report as JSON')
    .action(async (file: string, options: Options) => {
      const from = path.resolve(process.env.INIT_CWD ?? process.env.PWD ?? '.', file);
      const report = await importFile(new InternalApi(accessFrom(process.env)), from, options);
      print(report, !!options.json, () => summary(report, !!options.dryRun));
      if (report.rejected) process.exitCode = 2;
    });

/** Reports the lines that were rejected; the others are only counted. */
export async function importFile(api: InternalApi, file: string, options: Options): Promise<Report> {
  const whole: Report = { id: null, added: 0, known: 0, rejected: 0, rows: [] };
  for await (const { text, firstLine } of partsOf(file)) {
    const query = {
      dry_run: options.dryRun,
      mail: options.mail,
      import_id: whole.id ?? undefined,
      first_line: firstLine,
    };
    const part = await api.ask<Report>('POST', '/internal/imports', { query, body: text });
    whole.id = part.id;
    for (const count of ['added', 'known', 'rejected'] as const) whole[count] += part[count];
    whole.rows.push(...part.rows.filter((row) => row.outcome === 'rejected'));
    if (process.stderr.isTTY) process.stderr.write(`\r${whole.added + whole.known + whole.rejected} lines`);
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  return whole;
}

/** A file in parts that end where a line ends. */
export async function* partsOf(file: string): AsyncGenerator<{ text: string; firstLine: number }> {
  let lines: string[] = [];
  let bytes = 0;
  let firstLine = 1;
  for await (const line of createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
    const size = Buffer.byteLength(line) + 1;
    if (lines.length && bytes + size > PART_BYTES) {
      yield { text: lines.join('\n'), firstLine };
      firstLine += lines.length;
      [lines, bytes] = [[], 0];
    }
    lines.push(line);
    bytes += size;
  }
  if (lines.length) yield { text: lines.join('\n'), firstLine };
}

function summary({ id, added, known, rejected, rows }: Report, dry: boolean): string {
  const refused = rows.map(({ line, code }) => `line ${line}: ${code}`);
  const counts = `${added} ${dry ? 'would be added' : 'added'}, ${known} known, ${rejected} rejected`;
  return [...refused, counts, ...(id ? [`Batch ${id}`] : [])].join('\n');
}
