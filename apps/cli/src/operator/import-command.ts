import fs from 'node:fs';
import { Command } from 'commander';
import { givenFile } from '../given-file.js';
import { jsonOutput, textOutput, type ImportCounts, type ImportOutput, type RejectedRow } from './import-output.js';
import { isCsv, partsOf, type Part } from './import-parts.js';
import { internalApi, Refused, type InternalApi } from './internal-api.js';
import { print } from './output.js';
import { Told } from '../told.js';

interface Options {
  dryRun?: boolean;
  mail?: boolean;
  undo?: string;
  json?: boolean;
}

interface Report extends ImportCounts {
  rows: RejectedRow[];
}

const COUNTS = ['added', 'known', 'revoked', 'skipped', 'rejected'] as const;
/** Parts that are under way at a time: one is read and sent while others are verified and stored. */
const AT_ONCE = 3;
const BAR = 30;
/** Takes the bar away, so that what is printed next has the line to itself. */
const CLEAR = '\r\x1b[K';

/** `gatehouse import`: a file part by part, so that its length does not matter. */
export const importCommand = (): Command =>
  new Command('import')
    .description('take over a log of issued licenses (JSON lines) or Gumroad’s export of sales (.csv)')
    .argument('[file]')
    .option('--dry-run', 'only tell what would happen')
    .option('--mail', 'mail the holders their license')
    .option('--undo <batch>', 'take the licenses of a batch back that nobody has changed since')
    .option('--json', 'print the report as JSON')
    .action(async (file: string | undefined, options: Options) => {
      if ((file === undefined) === (options.undo === undefined)) throw new Told('Give either a file or --undo.');
      const api = internalApi();
      if (file === undefined) return undo(api, options);
      const from = givenFile(file);
      const counts = await importFile(api, from, options, outputOf(options));
      if (counts.rejected) process.exitCode = 2;
    });

async function undo(api: InternalApi, { undo: batch, json }: Options): Promise<void> {
  const undone = await undoImport(api, batch!);
  print(undone, !!json, () => `${undone.removed} licenses removed, ${undone.restored} restored`);
}

interface Undone {
  removed: number;
  restored: number;
}

/** Takes a batch back, however large it is: what there was no time for is asked for again. */
export async function undoImport(api: InternalApi, batch: string): Promise<Undone> {
  const whole: Undone = { removed: 0, restored: 0 };
  for (;;) {
    const path = `/internal/imports/${encodeURIComponent(batch)}`;
    const { removed, restored, more } = await api.ask<Undone & { more?: boolean }>('DELETE', path);
    whole.removed += removed;
    whole.restored += restored;
    if (!more) return whole;
  }
}

/** Standard output is written before it goes on, so a long report does not gather here. */
function outputOf({ json, dryRun }: Options): ImportOutput {
  const write = (text: string): void => void process.stdout.write(text);
  return json ? jsonOutput(write) : textOutput(write, !!dryRun);
}

/** Reports the lines that were rejected as they come; the others are only counted. */
export async function importFile(
  api: InternalApi,
  file: string,
  options: Options,
  output: ImportOutput,
): Promise<ImportCounts> {
  const whole: ImportCounts = { id: null, added: 0, known: 0, revoked: 0, skipped: 0, rejected: 0 };
  const size = fs.statSync(file).size;
  for await (const { reports, bytes } of reportsOf(api, file, options)) {
    if (process.stderr.isTTY) process.stderr.write(CLEAR);
    for (const report of reports) {
      whole.id = report.id;
      for (const count of COUNTS) whole[count] += report[count];
      output.rejected(report.rows.filter((row) => row.outcome === 'rejected'));
    }
    if (process.stderr.isTTY) process.stderr.write(progress(bytes / size, whole));
  }
  if (process.stderr.isTTY) process.stderr.write('\n');
  output.end(whole);
  return whole;
}

interface Reported {
  reports: Report[];
  bytes: number;
}

/** The reports in the order of the file. The first part begins the batch that the others belong to. */
async function* reportsOf(api: InternalApi, file: string, options: Options): AsyncGenerator<Reported> {
  const { dryRun: dry_run, mail } = options;
  const how = { dry_run, mail, type: isCsv(file) ? 'text/csv' : undefined };
  const underWay: Promise<Reported>[] = [];
  let import_id: string | undefined;
  for await (const part of partsOf(file)) {
    const sent = send(api, part, { ...how, import_id });
    const reported = sent.then((reports) => ({ reports, bytes: part.bytes }));
    // The first that fails is heard below; of those that are under way then nobody wants to hear any more.
    reported.catch(() => undefined);
    underWay.push(reported);
    if (!dry_run) import_id ??= (await sent)[0]?.id ?? undefined;
    if (underWay.length === AT_ONCE) yield await underWay.shift()!;
  }
  for (const one of underWay) yield await one;
}

interface How {
  dry_run?: boolean;
  mail?: boolean;
  import_id?: string;
  type?: string;
}

/** Sends a part, in halves when the API finds that it makes too much at once: only the API knows what a record makes. */
async function send(api: InternalApi, part: Part, { type, ...query }: How): Promise<Report[]> {
  try {
    const whole = { query: { ...query, first_line: part.firstLine }, body: part.text, type };
    return [await api.ask<Report>('POST', '/internal/imports', whole)];
  } catch (error) {
    const halves = error instanceof Refused && error.codes.includes('too_many') ? part.halves() : undefined;
    if (!halves) throw error;
    const first = await send(api, halves[0], { type, ...query });
    const import_id = query.import_id ?? first[0]?.id ?? undefined;
    return [...first, ...(await send(api, halves[1], { type, ...query, import_id }))];
  }
}

/** A bar, and how many rows are done. */
export function progress(share: number, report: Pick<ImportCounts, (typeof COUNTS)[number]>): string {
  const full = Math.round(Math.min(share, 1) * BAR);
  const rows = COUNTS.reduce((sum, count) => sum + report[count], 0);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${rows} rows`;
}
