import { Command } from 'commander';
import { internalApi } from './internal-api.js';
import { print, table } from './output.js';
import { Told } from '../told.js';

interface Erasure {
  erased: number;
  dry_run: boolean;
  rows: { kind: string; rows: number }[];
}

/** `gatehouse erase <email>`: a person out of everything that was sold to an address. */
export const eraseCommand = (): Command =>
  new Command('erase')
    .description('take a buyer out of orders, licenses and mails; what accounting needs stays, without the person')
    .argument('<email>', 'the address that was bought with')
    .option('--dry-run', 'only say what would be erased')
    .option('--yes', 'really erase; it cannot be undone')
    .option('--json', 'print the whole answer as JSON')
    .action(async (email: string, { dryRun, yes, json }: { dryRun?: boolean; yes?: boolean; json?: boolean }) => {
      if (!dryRun && !yes) {
        throw new Told('This cannot be undone. Look with --dry-run what would be erased, then say --yes.');
      }
      const path = `/internal/customers/${encodeURIComponent(email)}`;
      const api = internalApi();
      const answer = await api.ask<Erasure>('DELETE', path, { query: { dry_run: dryRun } });
      print(answer, !!json, () => shown(answer));
    });

function shown({ erased, dry_run, rows }: Erasure): string {
  const verb = dry_run ? 'would be erased from' : 'was erased from';
  return `${table(rows, ['kind', 'rows'])}\n\nThe person ${verb} ${erased} rows.`;
}
