import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { internalApi, type InternalApi } from './internal-api.js';
import { print, table } from './output.js';
import { Told } from '../told.js';

interface Options {
  read?: string;
  since?: string;
  dryRun?: boolean;
  repair?: boolean;
  json?: boolean;
}

interface Reconciliation {
  id: string;
  state: 'queued' | 'done';
  since: string;
  drifted: number;
  stores: { store: string; orders: number; error: string | null; silent: string; resumed?: string }[];
  drift: Record<string, unknown>[];
}

const PAUSE_MS = 500;

/** `gatehouse reconcile`: what the stores have sold against what is known here. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('compare the stores’ lists of orders with what is known, and have what is missing settled')
    .option('--since <day>', 'first day whose orders are read (YYYY-MM-DD; default two days ago)')
    .option('--dry-run', 'only tell what does not agree')
    .option('--repair', 'send mail that bounced once more and ask for lost notifications again, too')
    .option('--read <id>', 'only read what a comparison has found, as `gatehouse reconciliations` lists them')
    .option('--json', 'print the whole report as JSON')
    .action(async ({ json, ...options }: Options) => {
      const report = await reportOn(internalApi(), options);
      print(report, !!json, () => summary(report));
      if (report.stores.some(({ error, silent }) => error ?? silent)) process.exitCode = 2;
    });

/** @throws Told when the options contradict each other */
async function reportOn(api: InternalApi, { read, since, dryRun, repair }: Options): Promise<Reconciliation> {
  if (dryRun && repair) throw new Told('--dry-run and --repair exclude each other.');
  if (read === undefined) return reconcile(api, { since, mode: dryRun ? 'dry_run' : repair ? 'repair' : 'settle' });
  if (since ?? dryRun ?? repair) throw new Told('--read makes no comparison; leave the other options out.');
  return one(api, read);
}

/** Asks for a comparison and waits until it is made. */
export async function reconcile(
  api: InternalApi,
  asked: { since?: string; mode: string },
  pauseMs = PAUSE_MS,
): Promise<Reconciliation> {
  let run = await api.ask<Reconciliation>('POST', '/internal/reconciliations', { json: asked });
  while (run.state !== 'done') {
    await pause(pauseMs);
    run = await one(api, run.id);
  }
  return run;
}

const one = (api: InternalApi, id: string): Promise<Reconciliation> =>
  api.ask<Reconciliation>('GET', `/internal/reconciliations/${encodeURIComponent(id)}`);

function summary({ state, since, stores, drift, drifted }: Reconciliation): string {
  if (state !== 'done') return 'It is not made yet.';
  const read = stores.map(({ store, orders, error, silent, resumed }) => {
    const trouble = error ? `: ${error}` : silent ? `; it does not notify us of: ${silent}` : '';
    const mended = resumed ? `; asked it again for: ${resumed}` : '';
    return `${store}: ${orders} orders since ${since}${trouble}${mended}`;
  });
  const rows = drift.length ? [table(drift, ['kind', 'store', 'order_id', 'license_key', 'mail_id'])] : [];
  return [...read, ...rows, `${drifted} did not agree`].join('\n');
}
