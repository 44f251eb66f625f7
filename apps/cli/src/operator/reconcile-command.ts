import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { accessFrom, InternalApi } from './internal-api.js';
import { print, table } from './output.js';

interface Options {
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
    .option('--json', 'print the whole report as JSON')
    .action(async ({ since, dryRun, repair, json }: Options) => {
      if (dryRun && repair) throw new Error('--dry-run and --repair exclude each other.');
      const mode = dryRun ? 'dry_run' : repair ? 'repair' : 'settle';
      const report = await reconcile(new InternalApi(accessFrom(process.env)), { since, mode });
      print(report, !!json, () => summary(report));
      if (report.stores.some(({ error, silent }) => error ?? silent)) process.exitCode = 2;
    });

/** Asks for a comparison and waits until it is made. */
export async function reconcile(
  api: InternalApi,
  asked: { since?: string; mode: string },
  pauseMs = PAUSE_MS,
): Promise<Reconciliation> {
  let run = await api.ask<Reconciliation>('POST', '/internal/reconciliations', { json: asked });
  while (run.state !== 'done') {
    await pause(pauseMs);
    run = await api.ask<Reconciliation>('GET', `/internal/reconciliations/${run.id}`);
  }
  return run;
}

function summary({ since, stores, drift, drifted }: Reconciliation): string {
  const read = stores.map(({ store, orders, error, silent, resumed }) => {
    const trouble = error ? `: ${error}` : silent ? `; it does not notify us of: ${silent}` : '';
    const mended = resumed ? `; asked it again for: ${resumed}` : '';
    return `${store}: ${orders} orders since ${since}${trouble}${mended}`;
  });
  const rows = drift.length ? [table(drift, ['kind', 'store', 'order_id', 'license_key', 'mail_id'])] : [];
  return [...read, ...rows, `${drifted} did not agree`].join('\n');
}
